import Foundation

/// Numbers as drawings and people read them.
public enum NumberText {
  /// A coordinate: at most two decimals, without trailing zeros.
  static func coordinate(_ value: Double) -> String {
    guard value.isFinite else { return "0" }
    return trimmed(String(format: "%.2f", value))
  }

  /// A number with so many significant digits, in plain form where that is short.
  public static func short(_ value: Double, digits: Int = 4) -> String {
    guard value.isFinite else { return "–" }
    if value == 0 { return "0" }
    let exponent = Int(floor(log10(abs(value))))
    guard (-4..<7).contains(exponent) else { return String(format: "%.\(max(0, digits - 1))e", value) }
    return trimmed(String(format: "%.\(max(0, digits - 1 - exponent))f", value))
  }

  /// A correlation with three decimals; words where it is not defined.
  static func correlation(_ value: Double?) -> String {
    guard let value, value.isFinite else { return "not defined" }
    return String(format: "%.3f", value)
  }

  private static func trimmed(_ text: String) -> String {
    guard text.contains(".") else { return text }
    var digits = Substring(text)
    while digits.last == "0" { digits.removeLast() }
    if digits.last == "." { digits.removeLast() }
    return digits == "-0" ? "0" : String(digits)
  }
}
