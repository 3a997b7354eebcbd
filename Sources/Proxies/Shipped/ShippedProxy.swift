import Foundation
import Foundations

/// A proxy that comes with the library, kept in the program itself so that it can be copied anywhere.
public enum ShippedProxy: String, CaseIterable, Sendable {
  /// Over what layers' bits do to outputs together, for roundings that see what enters layers.
  case response
  /// The same for rounding to the nearest level.
  case responseNearest = "response_nearest"
  /// Over what rounding each layer does to outputs and predictions.
  case extended
  /// Over weights alone, for where there are no images.
  case paper

  /// The formula with where it is from.
  ///
  /// - Throws: ``ProxyError`` where the library was built with a file that is none.
  public func file() throws -> ProxyFile {
    let bytes =
      switch self {
      case .response: PackageResources.response_json
      case .responseNearest: PackageResources.response_nearest_json
      case .extended: PackageResources.extended_json
      case .paper: PackageResources.paper_json
      }
    return try ProxyFile(Data(bytes), name: "\(rawValue).json")
  }

  /// The formula.
  ///
  /// - Throws: ``ProxyError`` where the library was built with a file that holds none.
  public func proxy() throws -> any ScoringProxy { try ProxyCatalog.standard.formula(file().formula) }
}
