/// The most of something that a file is read to have, so that a few bytes of a hostile one take neither all memory nor all
/// time.
public struct FileLimit: Sendable, Equatable {
  /// What messages call it; the name in ``FileLimits``.
  public let name: String
  /// What is counted.
  public let unit: String
  /// The most there may be.
  public let greatest: Int

  /// Makes a limit.
  public init(name: String, unit: String, greatest: Int) {
    (self.name, self.unit, self.greatest) = (name, unit, greatest)
  }

  /// What messages say of a value that is beyond the limit; nil where it is not.
  ///
  ///     FileLimits.rank.excess(1000)  // "has 1000 dimensions; 64 at most are read (limit rank)"
  public func excess(_ value: Int) -> String? {
    value <= greatest ? nil : "has \(value) \(unit); \(greatest) at most are read (limit \(name))"
  }
}

/// What files are read to have at most.
///
/// Beside these, what a file holds cannot take more than the file has bytes, or in compressed data what they can come to: sizes
/// that it names are compared with that before memory is taken.
public enum FileLimits {
  /// Of an image: 11,000 × 11,000, beyond any camera's; decoded to three bytes a pixel they are 400 MB.
  public static let imagePixels = FileLimit(name: "imagePixels", unit: "pixels", greatest: 1 << 27)

  /// Of an array's header: NumPy writes 118 for most, and itself refuses more than 10,000.
  public static let arrayHeaderBytes = FileLimit(name: "arrayHeaderBytes", unit: "bytes", greatest: 1 << 16)

  /// Of what a compressed file comes to, where that is more than ``inflation`` times the file: arrays of the same number
  /// everywhere, such as masks, are a thousandth of themselves.
  public static let inflatedBytes = FileLimit(name: "inflatedBytes", unit: "bytes", greatest: 1 << 28)

  /// How many times its own bytes a compressed file may come to whatever that is: images and numbers are a tenth of themselves
  /// at best.
  public static let inflation = 100

  /// Of a benchmark's rows times its layers, as a row of few bytes can stand for bits of all layers: 100,000 rows of 160 layers.
  public static let benchmarkBits = FileLimit(
    name: "benchmarkBits", unit: "bits of layers", greatest: 1 << 24)

  /// Of a data set's examples, which take no bytes in a file where an example has no elements: all of ImageNet has 14 million.
  public static let examples = FileLimit(name: "examples", unit: "examples", greatest: 1 << 24)

  /// Of a tensor: libtorch's operations have room for 64.
  public static let rank = FileLimit(name: "rank", unit: "dimensions", greatest: 64)

  /// Of a size, an axis or another number of a node: no dimension is greater, and the product of two such numbers is still one
  /// of 64 bits.
  public static let nodeNumber = Int(Int32.max)

  /// Of how often the bytes of a file beside a model are those of tensors: where weights are shared, twice at times.
  public static let externalShare = FileLimit(
    name: "externalShare", unit: "times its bytes in tensors", greatest: 8)

  /// Of messages in messages of an ONNX file, three a graph in a graph: beyond them the stack would not do.
  public static let messageDepth = FileLimit(
    name: "messageDepth", unit: "messages in each other", greatest: 100)

  /// Of a model after its functions stand in the places of their calls: language models of many layers have some 10,000.
  public static let nodes = FileLimit(name: "nodes", unit: "nodes", greatest: 1 << 16)

  /// Of the names in such a model: names of calls come before those within, and may be long.
  public static let nameBytes = FileLimit(name: "nameBytes", unit: "bytes of names", greatest: 1 << 25)

  /// Of functions that call functions: exporters write two or three.
  public static let functionDepth = FileLimit(
    name: "functionDepth", unit: "levels of functions", greatest: 16)

  /// Of branches that are followed: functions may call themselves in theirs.
  public static let branches = FileLimit(name: "branches", unit: "branches", greatest: 1 << 12)

  /// Of nodes that are looked through while branches are followed, each time all: 100 branches of a model of 100,000.
  public static let branchNodes = FileLimit(
    name: "branchNodes", unit: "nodes to look through for branches", greatest: 10_000_000)

  /// Of the bytes that tensors take while constants are computed and a network is run on blank examples, beside the file's own:
  /// those of an image of 512 × 512 in the largest networks are 2 GB.
  public static let tracedBytes = FileLimit(name: "tracedBytes", unit: "bytes", greatest: 1 << 32)

  /// Of multiplications meanwhile, of products of matrices and convolutions: a language model of 10 thousand million weights
  /// has as many for 400 tokens. A core does them in a minute or two.
  public static let tracedProducts = FileLimit(
    name: "tracedProducts", unit: "multiplications", greatest: 1 << 42)

  /// Of a list that an operator makes of a number, such as the positions of a resized dimension: 16 million take 128 MB.
  public static let listedElements = FileLimit(name: "listedElements", unit: "elements", greatest: 1 << 24)

  /// Of a sequence that a recurrent layer runs over: a step takes some 20 microseconds however small it is.
  public static let recurrentSteps = FileLimit(
    name: "recurrentSteps", unit: "steps of time", greatest: 1 << 17)

  /// Of a formula: deeper ones would exhaust the stack, here or where they are evaluated.
  public static let formulaDepth = FileLimit(
    name: "formulaDepth", unit: "operations inside each other", greatest: 100)

  /// Of a formula: the longest that a search has found has 300.
  public static let formulaCharacters = FileLimit(
    name: "formulaCharacters", unit: "characters", greatest: 1 << 16)
}
