import Foundation
import Foundations
import Torch

extension ExampleArrays {
  /// Reads the arrays of a file, or of all files of a folder.
  ///
  /// - Parameter path: a `.npz`, `.safetensors`, `.npy` or `.csv` file, or a folder of `.npz` files.
  static func open(_ path: String, isFolder: Bool) throws -> ExampleArrays {
    let files = isFolder ? try npzFiles(inFolder: path) : [path]
    return try ExampleArrays(path: path, files: try files.map { ($0, try arrays(of: $0)) })
  }

  /// Whether a file's name is one of those that hold arrays.
  static func isArrayFile(_ path: String) -> Bool {
    [".npz", ".npy", ".csv", ".safetensors"].contains { path.lowercased().hasSuffix($0) }
  }

  /// The `.npz` files of a folder, by name.
  static func npzFiles(inFolder path: String) throws -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    return names.filter { $0.hasSuffix(".npz") }.sorted().map { "\(path)/\($0)" }
  }

  private static func arrays(of path: String) throws -> [String: NumPyArray] {
    let name = path.lowercased()
    if name.hasSuffix(".npz") {
      let archive = try NumPyArchive(contentsOf: path)
      return try Dictionary(
        archive.names.map { ($0, try archive.array($0)) }, uniquingKeysWith: { first, _ in first })
    }
    if name.hasSuffix(".npy") { return [nameless: try NumPyArray(contentsOf: path)] }
    if name.hasSuffix(".safetensors") {
      return try Dictionary(
        SafetensorsFile(contentsOf: path).tensors.map { ($0.name, try NumPyArray($0.tensor)) },
        uniquingKeysWith: { first, _ in first })
    }
    return try table(path)
  }

  /// The numbers of a table, one row an example, and its column `label`.
  private static func table(_ path: String) throws -> [String: NumPyArray] {
    let rows = try CSV.rows(in: AtomicFile.read(path), source: path, trimming: true)
    guard let first = rows.first else {
      throw DatasetError("\(path): is empty; a row of numbers an example is needed")
    }
    let hasHeader = first.fields.contains { Double($0) == nil }
    let label = hasHeader ? first.fields.firstIndex(of: "label") : nil
    var (values, labels) = ([Float](), [Int64]())
    for row in rows.dropFirst(hasHeader ? 1 : 0) {
      guard row.fields.count == first.fields.count else {
        throw DatasetError(
          "\(path), line \(row.line): has \(row.fields.count) values, but the first line \(first.fields.count)"
        )
      }
      for (column, field) in row.fields.enumerated() {
        if column == label {
          guard let value = Int64(field) else {
            throw DatasetError("\(path), line \(row.line): the label is '\(field)'; a whole number is needed")
          }
          labels.append(value)
        } else {
          guard let value = Float(field), value.isFinite else {
            throw DatasetError("\(path), line \(row.line): holds '\(field)'; a finite number is needed")
          }
          values.append(value)
        }
      }
    }
    let count = rows.count - (hasHeader ? 1 : 0)
    let columns = first.fields.count - (label == nil ? 0 : 1)
    var arrays = [nameless: NumPyArray(values, shape: [count, columns])]
    if label != nil { arrays["labels"] = NumPyArray(labels, shape: [count]) }
    return arrays
  }
}

extension NumPyArray {
  /// Reads a `.npy` file.
  ///
  /// - Throws: ``DatasetError`` saying what is wrong with it.
  public init(contentsOf path: String) throws {
    let data = try AtomicFile.read(path)
    var offset = data.startIndex
    let header = try NumPyHeader(name: path) { count in
      let bytes = [UInt8](data[offset..<min(data.endIndex, offset + count)])
      offset += bytes.count
      return bytes
    }
    guard data.endIndex - offset == header.byteCount else {
      throw DatasetError(
        "\(path): holds \(data.endIndex - offset) bytes for shape \(header.shape) of \(header.type.name), which takes"
          + " \(header.byteCount); it may be cut short")
    }
    self.init(header, bytes: Data(data[offset...]))
  }

  /// The numbers of a tensor.
  public init(_ tensor: Tensor) throws {
    let type: ElementType =
      switch tensor.elementType {
      case .uint8: .uint8
      case .int8: .int8
      case .int16: .int16
      case .int32: .int32
      case .int64: .int64
      case .float16: .float16
      case .float32: .float32
      case .float64: .float64
      case .bool: .bool
      }
    self.init(type: type, shape: tensor.shape, bytes: try tensor.contiguous().bytes())
  }

  /// The numbers as a tensor; unsigned integers of 16 bits and more become int64.
  public func tensor() throws -> Tensor {
    let type: Torch.ElementType
    switch self.type {
    case .uint8: type = .uint8
    case .int8: type = .int8
    case .int16: type = .int16
    case .int32: type = .int32
    case .int64: type = .int64
    case .float16: type = .float16
    case .float32: type = .float32
    case .float64: type = .float64
    case .bool: type = .bool
    case .uint16, .uint32, .uint64:
      return try Tensor((integers ?? []).map { Int64($0) }, shape: shape)
    }
    return try Tensor(bytes, shape: shape, elementType: type)
  }
}
