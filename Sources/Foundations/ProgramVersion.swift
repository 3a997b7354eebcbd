/// The version of the program and its libraries.
public enum ProgramVersion {
  /// Three numbers: what is changed in results, files or options; what is added; what is mended.
  public static let current = "0.2.0"
}
