namespace StableVideo.Diffusion;

/// <summary>What a ControlNet folder says about the structure picture it expects: the <c>guidance</c> object of its <c>config.json</c>.</summary>
/// <remarks>
/// Keys: <c>type</c> (luminance, canny, depth, none), <c>canny_low</c>, <c>canny_high</c>, <c>highpass_sigma</c> in pixels, and for depth <c>model</c>
/// (an .onnx file, relative to the folder), <c>size</c> (side in pixels the network sees), <c>mean</c> and <c>std</c> (colours 0..1 are normalised by them).
/// A folder without the object was trained on canny edges or depth; its name decides, canny otherwise.
/// </remarks>
internal sealed record StructureSettings
{
    private static readonly Dictionary<string, StructureKind> Kinds = new(StringComparer.Ordinal)
    {
        ["luminance"] = StructureKind.Luminance,
        ["canny"] = StructureKind.Canny,
        ["depth"] = StructureKind.Depth,
        ["none"] = StructureKind.None,
    };

    // Normalisation of the MiDaS, DPT and Depth Anything families.
    private static readonly double[] DepthMean = [0.485, 0.456, 0.406];
    private static readonly double[] DepthDeviation = [0.229, 0.224, 0.225];

    public required StructureKind Kind { get; init; }

    public double CannyLow { get; init; } = 100;

    public double CannyHigh { get; init; } = 200;

    public double HighpassSigma { get; init; } = 3;

    /// <summary>Full path of the depth network, or null where none is named.</summary>
    public string? DepthModel { get; init; }

    public int DepthSize { get; init; } = 384;

    public double[] Mean { get; init; } = DepthMean;

    public double[] Deviation { get; init; } = DepthDeviation;

    public static StructureSettings None { get; } = new() { Kind = StructureKind.None };

    /// <summary>Reads a ControlNet folder.</summary>
    /// <param name="folder">Holds <c>config.json</c>.</param>
    /// <param name="depthModel">Replaces the depth network the folder names.</param>
    public static StructureSettings Open(string folder, string? depthModel)
    {
        var config = ModelSettings.Read(folder, "config.json");
        if (config.Section("guidance") is not { } guidance)
        {
            var depth = (config.Text("_name_or_path") + Path.GetFileName(folder)).Contains("depth", StringComparison.OrdinalIgnoreCase);
            return new StructureSettings { Kind = depth ? StructureKind.Depth : StructureKind.Canny, DepthModel = depthModel };
        }

        var named = guidance.Text("model");
        return new StructureSettings
        {
            Kind = guidance.Choice("type", StructureKind.Canny, Kinds),
            CannyLow = guidance.Number("canny_low", 100, 0, 2000),
            CannyHigh = guidance.Number("canny_high", 200, 0, 2000),
            HighpassSigma = guidance.Number("highpass_sigma", 3, 0.1, 100),
            DepthModel = depthModel ?? (named is null ? null : Path.GetFullPath(named, folder)),
            DepthSize = guidance.Integer("size", 384, 32, 2048),
            Mean = guidance.Colour("mean", DepthMean),
            Deviation = guidance.Colour("std", DepthDeviation),
        };
    }
}
