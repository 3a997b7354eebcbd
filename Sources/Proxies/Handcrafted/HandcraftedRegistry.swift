extension HandcraftedProxy {
  /// All of this library, in the order that tables show.
  ///
  /// Another one is a value of its own and a line here, or, outside this library, ``ProxyCatalog/adding(_:)``.
  public static let all: [HandcraftedProxy] = [
    bitSum,
    size,
    bitOperations,
    qeScore,
    weightNorm,
    snip,
    plain,
    gradientNorm,
    synflow,
    grasp,
    fisher,
    hawq,
    hawqPerParameter,
    hawqV2,
    hawqV2Trace,
    gaussNewtonTrace,
    ompq,
    ompqUncentered,
    emq,
    weightError,
    relativeWeightError,
    hawqV2Perturbation,
    fit,
    fisherProduct,
    hessianProduct,
    taylor,
    outputError,
    relativeOutputError,
    lossIncrease,
    divergence,
    rootDivergence,
    superposedDivergenceFloat,
    superposedDivergence,
    interactionDivergence,
    coherentResponse,
    clado,
    pairwiseDivergence,
  ]

  /// The proxy of a name; nil where there is none.
  public static func named(_ name: String) -> HandcraftedProxy? { all.first { $0.name == name } }
}
