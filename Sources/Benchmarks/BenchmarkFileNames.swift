extension BenchmarkFile {
  /// Where the statistics that are made with a benchmark lie.
  public static func statisticsPath(of benchmark: String) -> String { benchmark + ".statistics.safetensors" }

  /// What a benchmark is called: the name of its file up to the first point, or what follows a `#`.
  public static func name(of path: String) -> String {
    let file = path.split(separator: "/").last ?? ""
    if let mark = file.lastIndex(of: "#") { return String(file[file.index(after: mark)...]) }
    return String(file.split(separator: ".").first ?? file)
  }
}
