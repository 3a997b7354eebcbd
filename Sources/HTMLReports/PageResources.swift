/// What stands in every page: how it looks, and what it does.
enum PageResources {
  /// The style sheet.
  static let style = String(decoding: PackageResources.style_css, as: UTF8.self)
  /// The script.
  static let script =
    String(decoding: PackageResources.report_js, as: UTF8.self)
    + String(decoding: PackageResources.allocation_js, as: UTF8.self)
}

/// The style sheet of pages, for other pages that show the same pictures.
public enum PageStyle {
  /// Colours for light and dark, charts, tables and layout.
  public static let sheet = PageResources.style
}
