import CZip
import Foundation
import Foundations

/// A file of NumPy's `.npz` format: a ZIP archive of arrays.
///
///     let archive = try NumPyArchive(contentsOf: "outputs.npz")
///     let outputs = try archive.array("outputs")
///     try NumPyArchive.write([("outputs", outputs)], to: "copy.npz")
///
/// Sizes are checked before anything is inflated: those of the array's header, of the archive's directory, and of what
/// compressed data can come to.
public final class NumPyArchive {
  /// The file.
  public let path: String
  private let archive: OpaquePointer

  /// What deflated data can grow to at most, for each byte of it.
  private static let deflateRatio = 1032

  /// Opens a file.
  ///
  /// - Throws: `FileError` where there is none, ``DatasetError`` where it is no archive.
  public init(contentsOf path: String) throws {
    _ = try AtomicFile.read(path)
    var status: Int32 = 0
    guard let archive = zip_open(path, ZIP_RDONLY, &status) else {
      throw DatasetError("\(path): is not an .npz archive, or is cut short")
    }
    self.path = path
    self.archive = archive
    // Members may lie in the same bytes, so that what counts is all together.
    let sizes = (0..<max(0, zip_get_num_entries(archive, 0))).map { index in
      var facts = zip_stat_t()
      zip_stat_init(&facts)
      return zip_stat_index(archive, zip_uint64_t(index), 0, &facts) == 0 ? Int(clamping: facts.size) : 0
    }
    try requireInflation(
      to: sizes.reduce(0) { $0.addingReportingOverflow($1).overflow ? .max : $0 + $1 }, path: path)
  }

  deinit { zip_discard(archive) }

  /// The names of the arrays, in the order of the file.
  public var names: [String] {
    (0..<max(0, zip_get_num_entries(archive, 0))).compactMap { index in
      zip_get_name(archive, zip_uint64_t(index), 0).map { String(cString: $0) }
    }.map { $0.hasSuffix(".npy") ? String($0.dropLast(4)) : $0 }
  }

  /// The array of a name.
  ///
  /// - Throws: ``DatasetError`` saying what is wrong with it, or which there are.
  public func array(_ name: String) throws -> NumPyArray {
    try array(name) { _ in }
  }

  /// The array of a name, whose header is checked before its elements are read.
  func array(_ name: String, checkingHeader check: (NumPyHeader) throws -> Void) throws -> NumPyArray {
    let place = "\(path), \(name)"
    var facts = zip_stat_t()
    zip_stat_init(&facts)
    guard zip_stat(archive, "\(name).npy", 0, &facts) == 0, let file = zip_fopen(archive, "\(name).npy", 0)
    else {
      throw DatasetError("\(path): has no array \(name) (it holds \(names.joined(separator: ", ")))")
    }
    defer { zip_fclose(file) }
    var headerLength = 0
    let header = try NumPyHeader(name: place) { count in
      var bytes = [UInt8](repeating: 0, count: count)
      let read = try Self.read(file, into: &bytes, place)
      headerLength += read
      return Array(bytes.prefix(read))
    }
    try check(header)
    try Self.requireSize(header, headerLength: headerLength, facts, place)
    var elements = try Self.uninitializedData(header.byteCount, place)
    let count = try elements.withUnsafeMutableBytes { try Self.read(file, into: $0, place) }
    // Only at the end of the data its checksum is compared.
    var further: [UInt8] = [0]
    guard count == header.byteCount, try Self.read(file, into: &further, place) == 0 else {
      throw DatasetError("\(place): is damaged or cut short")
    }
    return NumPyArray(header, bytes: elements)
  }

  private static func requireSize(
    _ header: NumPyHeader, headerLength: Int, _ facts: zip_stat_t, _ place: String
  ) throws {
    try requireMemory(for: header.byteCount, name: place)
    let size = Int(clamping: facts.size)
    guard size - headerLength == header.byteCount else {
      throw DatasetError(
        "\(place): holds \(size - headerLength) bytes for shape \(header.shape) of \(header.type.rawValue), which takes"
          + " \(header.byteCount); it may be cut short")
    }
    let ratio: Int? =
      switch facts.comp_method {
      case UInt16(ZIP_CM_STORE): 1
      case UInt16(ZIP_CM_DEFLATE): deflateRatio
      default: nil
      }
    let stored = Int(clamping: facts.comp_size)
    if let ratio, size / ratio > stored {
      throw DatasetError(
        "\(place): is said to be \(size) bytes, which its \(stored) stored bytes cannot hold")
    }
  }

  /// Memory for elements that are about to be read.
  private static func uninitializedData(_ count: Int, _ place: String) throws -> Data {
    guard count > 0 else { return Data() }
    guard let memory = malloc(count) else {
      throw DatasetError("\(place): there is no memory for its \(count) bytes", kind: .unavailable)
    }
    return Data(bytesNoCopy: memory, count: count, deallocator: .free)
  }

  /// Reads until a buffer is full or the data ends.
  private static func read(
    _ file: OpaquePointer, into buffer: UnsafeMutableRawBufferPointer, _ place: String
  ) throws -> Int {
    var count = 0
    while count < buffer.count {
      let read = zip_fread(
        file, buffer.baseAddress?.advanced(by: count), zip_uint64_t(min(buffer.count - count, 1 << 24)))
      guard read >= 0 else { throw DatasetError("\(place): is damaged or cut short") }
      guard read > 0 else { break }
      count += Int(read)
    }
    return count
  }

  private static func read(_ file: OpaquePointer, into bytes: inout [UInt8], _ place: String) throws -> Int {
    try bytes.withUnsafeMutableBytes { try read(file, into: $0, place) }
  }

  /// Writes arrays to a file, whole or not at all; the same arrays give the same bytes.
  ///
  /// - Throws: ``DatasetError`` or `FileError` where the file cannot be written.
  public static func write(_ arrays: [(name: String, array: NumPyArray)], to path: String) throws {
    try AtomicFile.write(to: path) { temporary in
      var status: Int32 = 0
      guard let archive = zip_open(temporary, ZIP_CREATE | ZIP_TRUNCATE, &status) else {
        throw FileError(.cannotCreate, "\(path): cannot create this file")
      }
      // libzip reads the buffers when the archive is closed.
      let files = arrays.map { NSData(data: $0.array.file) }
      for (entry, file) in zip(arrays, files) {
        let source = zip_source_buffer(archive, file.bytes, zip_uint64_t(file.length), 0)
        let index = zip_file_add(archive, "\(entry.name).npy", source, ZIP_FL_ENC_UTF_8)
        guard index >= 0, zip_set_file_compression(archive, zip_uint64_t(index), ZIP_CM_STORE, 0) == 0,
          zip_file_set_dostime(archive, zip_uint64_t(index), 0, 0x21, 0) == 0
        else {
          zip_discard(archive)
          throw FileError(.inputOutput, "\(path): cannot hold the array \(entry.name)")
        }
      }
      let isWritten = withExtendedLifetime(files) { zip_close(archive) == 0 }
      guard isWritten else {
        zip_discard(archive)
        throw FileError(.inputOutput, "\(path): cannot be written; the disk may be full")
      }
    }
  }
}
