import Foundation

/// Files of the project's folder, which lies above the program.
public enum ProjectFiles {
  /// The path of a file in the nearest folder above the program, or in the working folder, that has it; nil where none
  /// does.
  public static func find(_ relative: String) -> String? {
    let program = Bundle.main.executableURL?.resolvingSymlinksInPath()
    var folder = program?.deletingLastPathComponent().path ?? "/"
    while folder != "/" {
      if FileManager.default.fileExists(atPath: "\(folder)/\(relative)") { return "\(folder)/\(relative)" }
      folder = (folder as NSString).deletingLastPathComponent
    }
    return FileManager.default.fileExists(atPath: relative) ? relative : nil
  }
}
