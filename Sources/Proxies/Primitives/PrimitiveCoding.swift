import Foundation

extension CodingUserInfoKey {
  /// Where a decoder finds the registry that names of primitives are looked up in; the standard one where there is none.
  fileprivate static let primitives = CodingUserInfoKey(rawValue: "primitives")
}

extension JSONDecoder {
  /// Makes a decoder of formulas, genomes and probabilities over the primitives of a registry.
  public convenience init(primitives: PrimitiveRegistry) {
    self.init()
    if let key = CodingUserInfoKey.primitives { userInfo[key] = primitives }
  }
}

extension PrimitiveRegistry {
  /// The registry that a decoder was made with.
  init(of decoder: any Decoder) {
    let given = CodingUserInfoKey.primitives.flatMap { decoder.userInfo[$0] }
    self = given as? PrimitiveRegistry ?? .standard
  }
}

extension UnaryPrimitive: Codable {
  /// Reads a name.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let name = try container.decode(String.self)
    guard let primitive = PrimitiveRegistry(of: decoder).unary(named: name) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "there is no unary primitive '\(name)'")
    }
    self = primitive
  }

  /// Writes the name.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(name)
  }
}

extension BinaryPrimitive: Codable {
  /// Reads a name.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let name = try container.decode(String.self)
    guard let primitive = PrimitiveRegistry(of: decoder).binary(named: name) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "there is no binary primitive '\(name)'")
    }
    self = primitive
  }

  /// Writes the name.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(name)
  }
}
