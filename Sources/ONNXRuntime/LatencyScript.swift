extension PythonScript {
  /// Times files in turn, in one process.
  ///
  /// Takes an object of `files` (each with `path`, `name` for messages and, where its nodes are to be timed, `optimized`, the file to write its
  /// optimized graph to, and `profile`, what names of profiles begin with), `threads`, `seconds`, `repetitions`, `shapes`
  /// by input  /// and `seed`. Each line of its output is an object: `done` and `total` while it works, and at last `files`, each with
  /// `seconds` of runs, `batch`, and `nodes`: names and mean seconds, in the order of execution.
  static let latency = """
    import json, os, sys
    from time import perf_counter
    status, name = 1, ""
    counts = {}

    def say(**values):
        print(json.dumps(values), flush=True)

    def shape_of(given, batch, shape):
        # Examples are counted by the dimension that has the name of the first input's first one.
        global status
        known = list(given.shape or [])
        axis = known.index(batch) if isinstance(batch, str) and batch in known else 0
        count = known[axis] if known and isinstance(known[axis], int) else 1
        sizes = [size if isinstance(size, int) and size > 0 else None for size in known[:axis] + known[axis + 1:]]
        status = 64
        if shape and known and len(sizes) != len(shape):
            raise Exception(f"takes an input {given.name} of {len(known)} dimensions; {len(shape)} and the batch are given")
        if shape and any(size and size != wanted for size, wanted in zip(sizes, shape)):
            found = "x".join(map(str, known[:axis] + known[axis + 1:]))
            raise Exception(f"takes an input {given.name} of shape {found}, not {'x'.join(map(str, shape))}")
        sizes = shape or sizes
        if not known and not shape or None in sizes:
            raise Exception(
                f"leaves the shape of its input {given.name} open; --input-shape says it, such as 3x224x224 or ids=64,mask=64")
        status = 1
        return sizes[:axis] + [count] + sizes[axis:], count

    def session_of(path, options):
        import onnxruntime
        try:
            return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        except Exception as error:
            raise Exception(f"ONNX Runtime failed: {type(error).__name__}: {error}")

    def options_for(order):
        import onnxruntime
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 4
        options.intra_op_num_threads = order["threads"]
        options.inter_op_num_threads = 1
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
        # Threads of one session that wait in a loop would slow those of the next one.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        return options

    def opened(file, order):
        global status
        import numpy
        session = session_of(file["path"], options_for(order))
        inputs = session.get_inputs()
        batch = inputs[0].shape[0] if inputs[0].shape else None
        shapes = order.get("shapes") or {}
        generator = numpy.random.default_rng(order["seed"])
        types = {"float": "float32", "double": "float64"}
        data = {}
        for given in inputs:
            shape, count = shape_of(given, batch, shapes.get(given.name) or (shapes.get("") if len(inputs) == 1 else None))
            kind = types.get(given.type[len("tensor("):-1], given.type[len("tensor("):-1])
            if kind.startswith("float"):
                data[given.name] = generator.standard_normal(shape, dtype=numpy.float32).astype(kind)
            else:
                # Ones are in any vocabulary, and hide nothing as masks.
                data[given.name] = numpy.ones(shape, dtype=kind)
            counts.setdefault(file["path"], count)
        sessions = [session]
        if "profile" in file:
            options = options_for(order)
            options.enable_profiling = True
            options.profile_file_prefix = file["profile"]
            options.optimized_model_filepath = file["optimized"]
            sessions.append(session_of(file["path"], options))
        return sessions, data

    def timed(session, data):
        start = perf_counter()
        try:
            session.run(None, data)
        except Exception as error:
            raise Exception(f"ONNX Runtime failed: {type(error).__name__}: {error}")
        return perf_counter() - start

    def middle_mean(values):
        # Profiles count whole microseconds, so that a median would, too.
        values = sorted(values)
        cut = len(values) // 4
        values = values[cut:len(values) - cut]
        return sum(values) / len(values)

    def nodes_of(session, warmups):
        path = session.end_profiling()
        with open(path) as file:
            events = json.load(file)
        os.remove(path)
        durations = {}
        for event in events:
            if event.get("cat") == "Node" and event["name"].endswith("_kernel_time"):
                key = (event["args"].get("node_index"), event["name"][:-len("_kernel_time")])
                durations.setdefault(key, []).append(event["dur"])
        return [[key[1], middle_mean(values[warmups:] or values) / 1e6] for key, values in durations.items()]

    def work():
        global name
        order = json.loads(sys.argv[1])
        files = order["files"]
        prepared = []
        for file in files:
            name = file["name"]
            prepared.append(opened(file, order))
        warmups = 5
        seconds = [[] for _ in files]
        limit, count = order.get("seconds"), order.get("repetitions")
        start = told = perf_counter()
        rounds = 0
        while True:
            for index, (sessions, data) in enumerate(prepared):
                name = files[index]["name"]
                for place, session in enumerate(sessions):
                    # A profile holds a million events; the rounds before have enough.
                    if place == 1 and rounds >= 500:
                        continue
                    taken = timed(session, data)
                    if place == 0 and rounds >= warmups:
                        seconds[index].append(taken)
            rounds += 1
            now = perf_counter()
            if rounds == warmups:
                start = now
            runs, elapsed = rounds - warmups, now - start
            done = runs >= count if count else runs >= 100_000 or runs >= 5 and elapsed >= limit
            if now - told > 0.1:
                told = now
                if count:
                    say(done=max(0, runs), total=count)
                else:
                    say(done=min(int(10 * elapsed), int(10 * limit)) if runs > 0 else 0, total=int(10 * limit))
            if done:
                break
        results = []
        for (sessions, data), times, file in zip(prepared, seconds, files):
            nodes = nodes_of(sessions[1], warmups) if len(sessions) > 1 else []
            results.append({"seconds": times, "batch": counts[file["path"]], "nodes": nodes})
        say(files=results)

    try:
        work()
    except ImportError as error:
        sys.exit(f"ONNX Runtime failed: {error}")
    except Exception as error:
        print(f"{name}: {error}", file=sys.stderr)
        sys.exit(status)
    """
}
