import Compression
import Datasets
import Foundations
import Synchronization
import TestSupport
import Testing
import Workloads

/// What is reported must be of images that nothing was chosen by.
@Suite("Images of a compression")
struct CompressionImagesTests {
  private static let training = "\(TestFiles.fashion)#train#0:200"

  private func images(
    data: String = training, test: String? = nil, wantsValidation: Bool = false,
    context: WorkContext = WorkContext()
  ) throws -> CompressionImages {
    let workload = try Workload(
      model: "\(TestFiles.repository)/Models/fashion-resnet.onnx", preprocessing: .preset("fashion-mnist"))
    return try CompressionImages(
      workload, data: Dataset.open(data), test: test.map { try Dataset.open($0) },
      wantsValidation: wantsValidation, seed: 1, context: context)
  }

  @Test("chosen by, searched by and reported on have no image in common", arguments: [false, true])
  func disjoint(hasTest: Bool) throws {
    let images = try images(
      test: hasTest ? "\(TestFiles.fashion)#test#1600:1800" : nil, wantsValidation: true)
    let parts = try [images.chosenBy, #require(images.keptApart.validation), images.keptApart.proof]
      .map { Set(try $0.imageDigests(threads: 2)) }
    #expect(parts.allSatisfy { $0.count > 10 })
    #expect(parts[0].isDisjoint(with: parts[1]))
    #expect(parts[0].isDisjoint(with: parts[2]))
    #expect(parts[1].isDisjoint(with: parts[2]))
  }

  @Test("that are to prove what they were chosen by are refused")
  func same() throws {
    #expect(throws: DatasetError.self) { try images(test: "\(TestFiles.fashion)#train#100:200") }
  }

  @Test("of which a few served the choice are used with a notice")
  func few() throws {
    let notices = Mutex<[String]>([])
    let context = WorkContext(notify: { notice in notices.withLock { $0.append(notice) } })
    let images = try images(test: "\(TestFiles.fashion)#train#190:300", context: context)
    #expect(images.sharedCount == 10)
    #expect(notices.withLock { $0 }.contains { $0.hasPrefix("10 of the 110 images") })
  }

  @Test("kept apart are of the data where no test images are given")
  func fifth() throws {
    let images = try images()
    #expect(images.chosenBy.count == 160)
    #expect(images.proof.labels.count == 40)
    #expect(images.sharedCount == 0)
  }
}
