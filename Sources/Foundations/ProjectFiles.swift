import Foundation

/// Files of the project's folder, which lies above the program, or of `share/emq`, where it is installed.
public enum ProjectFiles {
  /// The path of a file in the nearest folder above the program, or in the working folder, that has it; nil where none
  /// does.
  public static func find(_ relative: String) -> String? {
    let program = Bundle.main.executableURL?.resolvingSymlinksInPath()
    var folder = program?.deletingLastPathComponent().path ?? "/"
    while folder != "/" {
      for path in ["\(folder)/\(relative)", "\(folder)/share/emq/\(relative)"]
      where FileManager.default.fileExists(atPath: path) {
        return path
      }
      folder = (folder as NSString).deletingLastPathComponent
    }
    return FileManager.default.fileExists(atPath: relative) ? relative : nil
  }
}
