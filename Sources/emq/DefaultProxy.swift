import Proxies

/// The evolved proxy that is taken where none is named.
enum DefaultProxy {
  /// Its file in the repository.
  static let file = "Models/proxies/extended.json"

  /// The file's path.
  ///
  /// - Throws: `ProxyError` where it is not beside the program.
  static func path() throws -> String {
    guard let path = ProjectFiles.find(file) else {
      throw ProxyError(
        "\(file) was not found above the program or in the working folder; --proxy names a proxy")
    }
    return path
  }
}
