import BitModel
import Foundation
import LayerStatistics
import Network
import Quantization
import Torch

/// Which responses are wanted, and what may be spent on them.
///
///     let request = ResponseRequest(parts: [.init(nil, interactions: true)])
///     let fitted = try request.fitted(to: network.costs, choices: choices, available: 4000)
///     print(fitted.images, fitted.plans.map(\.window))
public struct ResponseRequest: Sendable {
  /// Which interactions are computed.
  public enum Interactions: Sendable, Equatable {
    /// As many as the effort allows.
    case fitting
    /// Those of layers at most so far apart; 0 for none, nil for all.
    case within(Int?)

    /// Reads `none`, `all` or `window:3`.
    ///
    /// - Throws: `StatisticsError` where the text is none of them, or the window is below 1.
    public init(_ text: String) throws {
      switch text {
      case "none": self = .within(0)
      case "all": self = .within(nil)
      default:
        guard text.hasPrefix("window:"), let window = Int(text.dropFirst(7)), window >= 1 else {
          throw StatisticsError("interactions '\(text)': none, all or window:W with W of 1 or more is needed")
        }
        self = .within(window)
      }
    }
  }

  /// A background with whether its interactions are wanted.
  public struct Part: Sendable, Equatable {
    /// The background; nil for the uniform one in the middle of the candidate bits.
    public var background: ResponseBackground?
    /// Whether interactions are wanted.
    public var hasInteractions: Bool

    /// Names a part.
    public init(_ background: ResponseBackground?, interactions: Bool) {
      self.background = background
      hasInteractions = interactions
    }

    /// Reads `float` or `uniform:3`, with interactions.
    ///
    /// - Throws: `StatisticsError` where the text is neither.
    public init(_ text: String) throws {
      guard let background = ResponseBackground(text) else {
        throw StatisticsError("background '\(text)': float or uniform:B, such as uniform:3, is needed")
      }
      self.init(background, interactions: true)
    }
  }

  /// The backgrounds.
  public var parts: [Part]
  /// Which interactions, where they are wanted.
  public var interactions = Interactions.fitting
  /// How many images; nil for as many as the effort allows.
  public var images: Int?
  /// Multiplications that all runs may take where images or interactions are chosen by them.
  public var effort = 8e12
  /// Whether more images come before interactions: where rounding changes little, as second-order rounding does, what
  /// chance leaves of few images outweighs them.
  public var prefersImages = false

  /// Wants parts.
  public init(parts: [Part]) { self.parts = parts }

  /// What is computed.
  public struct Fitted: Sendable, Equatable {
    /// How many images.
    public let images: Int
    /// The runs, for each background.
    public let plans: [ResponsePlan]

    /// Images times whole forward passes, over all plans.
    public var imagePasses: Double { Double(images) * plans.reduce(0) { $0 + $1.forwardPasses } }
  }

  /// Numbers of images that are tried, the most first.
  private static let imageCounts = [1024, 512, 256, 128]
  /// Images below which interactions are given up rather than more images.
  private static let leastImages = 64
  /// How many times the effort single changes may take all the same, and the images that they are left with beyond that.
  private static let (singleEfforts, fewestImages) = (4.0, 16)

  /// Chooses images and interactions that the effort allows.
  ///
  /// - Parameters:
  ///   - costs: the network's layers.
  ///   - choices: by layer, the bits that it may have.
  ///   - available: how many images there are.
  /// - Throws: `StatisticsError` where a background is not among the candidates.
  public func fitted(to costs: CostModel, choices: [[BitChoice]], available: Int) throws -> Fitted {
    let middle =
      ResponseBackground.middle(of: choices.filter { $0.count > 1 }.joined().map(\.weightBits))
      ?? .uniform(choices.joined().map(\.weightBits).min() ?? 8)
    let macs = Double(max(1, costs.layers.reduce(0) { $0 + $1.macs }))
    let capacity = effort / macs
    func plans(_ window: Int?) throws -> [ResponsePlan] {
      try parts.map {
        try ResponsePlan(
          costs: costs, choices: choices, background: $0.background ?? middle,
          window: $0.hasInteractions ? window : 0)
      }
    }
    func passes(_ plans: [ResponsePlan]) -> Double { plans.reduce(0) { $0 + $1.forwardPasses } }
    func fewer(_ fitted: Fitted) -> Fitted {
      let affordable = Int(Self.singleEfforts * capacity / max(1, passes(fitted.plans)))
      return Fitted(images: min(fitted.images, max(affordable, Self.fewestImages)), plans: fitted.plans)
    }
    func window(_ images: Int) throws -> [ResponsePlan] {
      let all = try plans(nil)
      let simple = passes(all.filter { !$0.hasInteractions })
      let others = Double(max(1, all.count(where: \.hasInteractions)))
      return all.map { plan in
        plan.hasInteractions
          ? plan.fitting(forwardPasses: (capacity / Double(images) - simple) / others) : plan
      }
    }
    if case .within(let window) = interactions {
      let plans = try plans(window)
      let affordable = Int(min(1e6, capacity / max(1, passes(plans))))
      let images = images ?? max(min(Self.imageCounts[0], affordable), Self.leastImages)
      return Fitted(images: min(available, images), plans: plans)
    }
    if let images { return Fitted(images: images, plans: try window(images)) }
    if prefersImages {
      let first = try passes(plans(1))
      let counts = (Self.imageCounts + [Self.leastImages]).map { min(available, $0) }
      let count = counts.first { Double($0) * first <= capacity } ?? counts[counts.count - 1]
      return fewer(Fitted(images: count, plans: try window(count)))
    }
    let all = try plans(nil)
    for count in Self.imageCounts.map({ min(available, $0) }) where Double(count) * passes(all) <= capacity {
      return Fitted(images: count, plans: all)
    }
    let few = min(available, Self.imageCounts[Self.imageCounts.count - 1])
    let narrow = try window(few)
    guard !narrow.contains(where: \.hasInteractions), parts.contains(where: \.hasInteractions) else {
      return Fitted(images: few, plans: narrow)
    }
    let least = min(available, Self.leastImages)
    return fewer(Fitted(images: least, plans: try window(least)))
  }
}

extension Workload {
  /// The multiplications that the network does in some seconds, measured by running the float network.
  public func multiplications(in seconds: Double, inputs: [Inputs], threads: Int) throws -> Double {
    let start = Date()
    _ = try network.logits(batches: inputs, threads: threads)
    let elapsed = max(1e-6, Date().timeIntervalSince(start))
    let count = inputs.reduce(0) { $0 + $1.count }
    return seconds / elapsed * Double(count) * Double(network.layers.reduce(0) { $0 + $1.macs })
  }
}
