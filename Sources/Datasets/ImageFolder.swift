import Foundation
import Foundations

/// A folder of JPEG and PNG files, with classes from subfolders or from a `labels.csv`.
struct ImageFolder: ImageSource {
  let files: [String]

  var count: Int { files.count }
  func name(at index: Int) -> String { files[index] }
  func image(at index: Int) throws -> RawImage { try decodeImage(files[index]) }
  func digest(at index: Int) throws -> String { sha256(try AtomicFile.read(files[index])) }

  private static func isImage(_ name: String) -> Bool {
    ["jpg", "jpeg", "png"].contains((name as NSString).pathExtension.lowercased())
  }

  private static func contents(_ folder: String) throws -> [String] {
    do {
      return try FileManager.default.contentsOfDirectory(atPath: folder).filter { !$0.hasPrefix(".") }
        .sorted()
    } catch {
      throw DatasetError("\(folder): cannot be listed; check its permissions", kind: .noInput)
    }
  }

  static func open(_ folder: String) throws -> Dataset {
    let names = try contents(folder)
    if names.contains("labels.csv") { return try openTable("\(folder)/labels.csv", folder) }
    var files: [String] = []
    var labels: [Int] = []
    var classCount = 0
    for name in names {
      var isFolder: ObjCBool = false
      _ = FileManager.default.fileExists(atPath: "\(folder)/\(name)", isDirectory: &isFolder)
      guard isFolder.boolValue else { continue }
      let images = try contents("\(folder)/\(name)").filter(isImage)
      guard !images.isEmpty else { continue }
      files += images.map { "\(folder)/\(name)/\($0)" }
      labels += images.map { _ in classCount }
      classCount += 1
    }
    if !files.isEmpty { return try dataset(folder, files, labels) }
    let images = names.filter(isImage).map { "\(folder)/\($0)" }
    guard !images.isEmpty else {
      throw DatasetError(
        "\(folder): holds no .jpg or .png image, no class folders and no labels.csv", kind: .noInput)
    }
    return try dataset(folder, images, nil)
  }

  private static func openTable(_ table: String, _ folder: String) throws -> Dataset {
    var files: [String] = []
    var labels: [Int] = []
    let rows = try CSV.rows(in: AtomicFile.read(table), source: table, trimming: true)
    for (number, row) in rows.enumerated() {
      let fields = row.fields
      guard fields.count >= 2, let label = Int(fields[1]) else {
        if number == 0 { continue }
        throw DatasetError(
          "\(table), line \(row.line): '\(fields.joined(separator: ","))' is not a file and a class number")
      }
      let candidates = ["\(folder)/\(fields[0])", "\(folder)/images/\(fields[0])"]
      guard let file = candidates.first(where: { FileManager.default.fileExists(atPath: $0) }) else {
        throw DatasetError("\(table), line \(row.line): there is no file \(candidates[0])", kind: .noInput)
      }
      files.append(file)
      labels.append(label)
    }
    guard !files.isEmpty else { throw DatasetError("\(table): lists no image") }
    return try dataset(folder, files, labels)
  }

  private static func dataset(_ folder: String, _ files: [String], _ labels: [Int]?) throws -> Dataset {
    // Names, sizes and labels identify the images well enough, without reading gigabytes.
    var identity = ""
    for (index, file) in files.enumerated() {
      let facts = try? FileManager.default.attributesOfItem(atPath: file)
      let size = (facts?[.size] as? NSNumber)?.intValue ?? 0
      identity += "\(file.dropFirst(folder.count)),\(size),\(labels?[index] ?? -1)\n"
    }
    return try Dataset(
      path: folder, digest: sha256(Data(identity.utf8)), source: ImageFolder(files: files), labels: labels)
  }
}
