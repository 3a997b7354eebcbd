/// What pages load beside themselves.
enum DashboardResources {
  /// How runs look, beside the style sheet of all pages.
  static let style = String(decoding: PackageResources.dashboard_css, as: UTF8.self)
  /// The script that keeps pages as the runs are.
  static let script = String(decoding: PackageResources.dashboard_js, as: UTF8.self)
}
