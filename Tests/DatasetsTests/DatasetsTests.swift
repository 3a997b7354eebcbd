import CZip
import CZlib
import Datasets
import Foundation
import TestSupport
import Testing

@Suite("Data sets")
struct DatasetsTests {
  private func idx(_ shape: [Int], _ bytes: [UInt8]) -> Data {
    Data(
      [0, 0, 8, UInt8(shape.count)]
        + shape.flatMap { size in (0..<4).map { UInt8(size >> (24 - 8 * $0) & 255) } } + bytes)
  }

  private func gzip(_ data: Data, to path: String) {
    let file = gzopen(path, "wb")
    data.withUnsafeBytes { _ = gzwrite(file, $0.baseAddress, UInt32($0.count)) }
    gzclose(file)
  }

  private func npy(_ type: String, _ shape: [Int], _ bytes: [UInt8], fortran: Bool = false) -> Data {
    let sizes = shape.map { "\($0), " }.joined()
    var header = "{'descr': '\(type)', 'fortran_order': \(fortran ? "True" : "False"), 'shape': (\(sizes)), }"
    header += String(repeating: " ", count: 63 - (header.count + 10) % 64) + "\n"
    return Data([0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.count & 255), UInt8(header.count >> 8)])
      + Data(header.utf8) + Data(bytes)
  }

  private func npz(_ entries: [String: Data], to path: String) {
    var status: Int32 = 0
    let archive = zip_open(path, ZIP_CREATE, &status)
    var kept: [NSData] = []
    for (name, data) in entries {
      let bytes = NSData(data: data)
      kept.append(bytes)
      zip_file_add(archive, name, zip_source_buffer(archive, bytes.bytes, UInt64(bytes.length), 0), 0)
    }
    zip_close(archive)
    withExtendedLifetime(kept) {}
  }

  private func message(_ path: String) -> String {
    do {
      _ = try Dataset.open(path)
      return ""
    } catch { return "\(error)" }
  }

  @Test("IDX files are read, gzipped or not", arguments: ["", ".gz"])
  func idxFiles(ending: String) throws {
    try TestFiles.withFolder { folder in
      let images = idx([2, 2, 3], [0, 1, 2, 3, 4, 5, 255, 254, 253, 252, 251, 250])
      for (name, data) in [("images-idx3-ubyte", images), ("labels-idx1-ubyte", idx([2], [7, 1]))] {
        let path = "\(folder)/t10k-\(name)\(ending)"
        if ending.isEmpty { try data.write(to: URL(fileURLWithPath: path)) } else { gzip(data, to: path) }
      }
      let dataset = try Dataset.open("\(folder)#test")
      #expect(dataset.count == 2)
      #expect(dataset.labels == [7, 1])
      #expect(try dataset.image(at: 1).pixels == .bytes([255, 254, 253, 252, 251, 250]))
      #expect(try Dataset.open(folder).digest == dataset.digest)
      #expect(throws: DatasetError.self) { try dataset.requireLabels(classCount: 7) }
      #expect(message("\(folder)#train").contains("has no file train-images"))
    }
  }

  @Test("IDX files that are cut short or something else are refused")
  func damagedIDX() throws {
    try TestFiles.withFolder { folder in
      let path = "\(folder)/a-images-idx3-ubyte"
      try idx([2, 2, 3], [1, 2, 3]).write(to: URL(fileURLWithPath: path))
      #expect(message(path).contains("may be cut short"))
      try Data("hello".utf8).write(to: URL(fileURLWithPath: path))
      #expect(message(path).contains("is not an IDX file"))
      gzip(idx([1, 40, 40], (0..<1600).map { UInt8(truncatingIfNeeded: $0 * $0 % 251) }), to: path + ".gz")
      let whole = try Data(contentsOf: URL(fileURLWithPath: path + ".gz"))
      try whole.prefix(whole.count / 2).write(to: URL(fileURLWithPath: path + ".gz"))
      #expect(message(path + ".gz").contains("cut short"))
    }
  }

  @Test("NPZ files are read, and wrong arrays named")
  func npzFiles() throws {
    try TestFiles.withFolder { folder in
      let path = "\(folder)/d.npz"
      let images = npy("|u1", [2, 1, 2, 3], Array(0..<12))
      npz(
        ["images.npy": images, "labels.npy": npy("<i8", [2], [3] + [UInt8](repeating: 0, count: 15))],
        to: path)
      let dataset = try Dataset.open(path)
      #expect(dataset.labels == [3, 0])
      let preprocessing = try Preprocessing(mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5])
      let result = try preprocessing.apply(dataset.image(at: 1), name: "x")
      #expect(result.shape == [3, 1, 2])
      let expected = [6, 9, 7, 10, 8, 11].map { Float($0) / 255 * 2 - 1 }
      #expect(zip(result.values, expected).allSatisfy { abs($0 - $1) < 1e-6 })

      func replaced(_ entries: [String: Data]) -> String {
        try? FileManager.default.removeItem(atPath: path)
        npz(entries, to: path)
        return message(path)
      }
      #expect(replaced(["images.npy": images]).contains("has no array labels (it holds images.npy)"))
      #expect(
        replaced(["images.npy": images, "labels.npy": npy("|u1", [3], [1, 2, 3])]).contains(
          "2 integers are needed"))
      #expect(
        replaced(["images.npy": npy("|u1", [2, 2], [1, 2, 3, 4]), "labels.npy": images]).contains(
          "has shape [2, 2]"))
      #expect(
        replaced(["images.npy": npy("|u1", [1, 1, 1, 1], [1], fortran: true), "labels.npy": images]).contains(
          "Fortran"))
      #expect(
        replaced([
          "images.npy": npy("|u1", [1, 1, 1, 1], [1]), "labels.npy": npy("|i1", [1], [255]),
        ]).contains("has the label -1"))
      try Data("PK no".utf8).write(to: URL(fileURLWithPath: path))
      #expect(message(path).contains("is not an .npz archive"))
    }
  }

  @Test("folders without images, and files of other kinds, are refused")
  func wrongPaths() throws {
    try TestFiles.withFolder { folder in
      #expect(message(folder).contains("holds no .jpg or .png image"))
      #expect(message("\(folder)/none").contains("no such file or folder"))
      try Data("file,class\nmissing.jpg,3\n".utf8).write(to: URL(fileURLWithPath: "\(folder)/labels.csv"))
      #expect(message(folder).contains("line 2: there is no file"))
      try Data("file,class\na.jpg,three\n".utf8).write(to: URL(fileURLWithPath: "\(folder)/labels.csv"))
      #expect(message(folder).contains("line 2: 'a.jpg,three'"))
      try FileManager.default.removeItem(atPath: "\(folder)/labels.csv")
      try Data("not a picture".utf8).write(to: URL(fileURLWithPath: "\(folder)/a.jpg"))
      let dataset = try Dataset.open(folder)
      #expect(dataset.labels == nil)
      #expect(throws: DatasetError.self) { try dataset.image(at: 0) }
    }
  }

  @Test("presets that do not exist list those that do")
  func presets() throws {
    for name in Preprocessing.presetNames {
      #expect(try Preprocessing.preset(name).std.allSatisfy { $0 > 0 })
    }
    #expect {
      _ = try Preprocessing.preset("cifar")
    } throws: { error in
      "\(error)".contains("cifar10, imagenet, efficientnet-lite, fashion-mnist")
    }
  }

  @Test("ImageNet images are decoded, resized and cropped", .enabled(if: TestFiles.hasShared))
  func imageFolder() throws {
    let dataset = try Dataset.open(TestFiles.shared("data/imagenet-sample")).prefix(4)
    let preprocessing = try Preprocessing.preset("imagenet")
    #expect(try dataset.imageShape(preprocessing) == [3, 224, 224])
    let small = try Preprocessing(mean: [0, 0, 0], std: [1, 1, 1], resize: 64, crop: 64)
    let large = try Preprocessing(mean: [0, 0, 0], std: [1, 1, 1], resize: 256, crop: 256)
    func mean(_ values: [Float]) -> Float { values.reduce(0, +) / Float(values.count) }
    let image = try dataset.image(at: 0)
    // Resizing with antialiasing keeps the mean colour of the same square.
    #expect(
      abs(mean(try small.apply(image, name: "s").values) - mean(try large.apply(image, name: "l").values))
        < 0.01)
  }

  @Test("augmentation depends on seed, epoch and image only")
  func augmentation() {
    let augmentation = Augmentation(flips: true, shift: 2, erased: 2)
    let values = (0..<64).map { Float($0 + 1) }
    func apply(_ epoch: Int, _ index: Int) -> [Float] {
      augmentation.apply(values[...], shape: [1, 8, 8], seed: 1, epoch: epoch, index: index)
    }
    #expect(apply(0, 3) == apply(0, 3))
    #expect(Set((0..<10).map { apply($0, 3) }).count > 5)
    let unchanged = Augmentation(flips: false, shift: 0, erased: 0)
    #expect(unchanged.apply(values[...], shape: [1, 8, 8], seed: 1, epoch: 0, index: 0) == values)
  }
}
