using StableVideo.Diffusion.Networks;

namespace StableVideo.Diffusion;

/// <summary>A checked model folder in diffusers layout: where its parts lie and what their configurations say.</summary>
/// <remarks>
/// <c>model_index.json</c> names the class of each part and may hold a <c>stablevideo</c> object with recommended settings (<c>name</c>, <c>steps</c>,
/// <c>guidance_scale</c>, <c>scene_guidance_scale</c>, <c>guidance_rescale</c>, <c>strength</c>, <c>working_size</c>). Without the file the parts' own configurations decide.
/// </remarks>
internal sealed class ModelFolder
{
    private const string IndexName = "model_index.json";
    private const string ConfigName = "config.json";

    private static readonly string[] Pipelines =
        ["StableDiffusionPipeline", "StableDiffusionControlNetPipeline", "StableDiffusionImg2ImgPipeline", "StableDiffusionControlNetImg2ImgPipeline"];

    private static readonly ModelPart TextEncoderPart = new("text_encoder", WeightsFile.TransformersName, ["CLIPTextModel", "TokenTextEncoder"]);
    private static readonly ModelPart UNetPart = new("unet", WeightsFile.DiffusersName, ["UNet2DConditionModel"]);
    private static readonly ModelPart ControlNetPart = new("controlnet", WeightsFile.DiffusersName, ["ControlNetModel"]);
    private static readonly ModelPart AutoencoderPart = new("vae", WeightsFile.DiffusersName, ["AutoencoderKL", "DctAutoencoder"]);

    private readonly ModelSettings? _index;
    private readonly List<(string Name, string Path)> _files = [];

    private ModelFolder(string root, ImageModelOptions options)
    {
        Root = root;
        var indexPath = Path.Combine(root, IndexName);
        _index = ModelSettings.ReadOptional(indexPath);
        if (_index is not null)
            _files.Add((IndexName, indexPath));
        if (_index?.Text("_class_name") is { } pipeline && !Pipelines.Contains(pipeline))
            throw _index.Unsupported("_class_name", pipeline, Pipelines);

        Tokenizer = Path.Combine(root, "tokenizer");
        foreach (var name in (string[])["vocab.json", "merges.txt"])
            _files.Add(($"tokenizer/{name}", ModelFile.Require(Tokenizer, name)));
        if (Path.Combine(Tokenizer, "tokenizer_config.json") is var tokenizerConfig && File.Exists(tokenizerConfig))
            _files.Add(("tokenizer/tokenizer_config.json", tokenizerConfig));

        (TextEncoder, var textEncoderClass) = Check(TextEncoderPart, Path.Combine(root, TextEncoderPart.Name));
        HasClosedVocabulary = textEncoderClass == "TokenTextEncoder";
        (UNet, _) = Check(UNetPart, Path.Combine(root, UNetPart.Name));
        (Autoencoder, _) = Check(AutoencoderPart, Path.Combine(root, AutoencoderPart.Name));
        Scheduler = Path.Combine(root, "scheduler");
        Schedule = NoiseSchedule.Open(Scheduler);
        _files.Add(("scheduler/scheduler_config.json", Path.Combine(Scheduler, "scheduler_config.json")));

        if (ControlNetFolder(options) is { } controlNet)
        {
            (ControlNet, _) = Check(ControlNetPart, controlNet);
            Structure = StructureSettings.Open(controlNet, options.DepthModel);
            if (Structure is { Kind: StructureKind.Depth, DepthModel: { } depth } && File.Exists(depth))
                _files.Add(("depth", depth));
        }

        Info = Describe();
    }

    public string Root { get; }

    public string Tokenizer { get; }

    public string TextEncoder { get; }

    public string UNet { get; }

    public string Autoencoder { get; }

    public string Scheduler { get; }

    /// <summary>Null where the model has none.</summary>
    public string? ControlNet { get; }

    public NoiseSchedule Schedule { get; }

    public StructureSettings Structure { get; } = StructureSettings.None;

    /// <summary>Whether the text encoder knows only the words its tokenizer holds whole.</summary>
    public bool HasClosedVocabulary { get; }

    public ImageModelInfo Info { get; }

    /// <summary>Checks a folder.</summary>
    /// <exception cref="ModelException">A file is missing, or a class or setting is not supported.</exception>
    public static ModelFolder Open(string folder, ImageModelOptions options)
    {
        var root = Path.GetFullPath(folder);
        if (!Directory.Exists(root))
            throw new ModelException($"The model folder {root} does not exist. Give a Stable Diffusion 1.x folder in diffusers layout.");
        return new ModelFolder(root, options);
    }

    private string? ControlNetFolder(ImageModelOptions options)
    {
        var own = Path.Combine(Root, ControlNetPart.Name);
        return options.ControlNetFolder ?? (Directory.Exists(own) || _index?.ClassOf(ControlNetPart.Name) is not null ? own : null);
    }

    private (string Folder, string? Class) Check(ModelPart part, string folder)
    {
        var config = ModelSettings.Read(folder, ConfigName);
        var named = _index?.ClassOf(part.Name);
        if (named is not null && !part.Classes.Contains(named))
            throw _index!.Unsupported(part.Name, named, part.Classes);
        var own = config.Text("_class_name");
        if (own is not null && !part.Classes.Contains(own))
            throw config.Unsupported("_class_name", own, part.Classes);
        _files.Add(($"{part.Name}/{ConfigName}", Path.Combine(folder, ConfigName)));
        _files.Add(($"{part.Name}/{part.Weights}", WeightsFile.Find(folder, part.Weights)));
        return (folder, own ?? named);
    }

    private ImageModelInfo Describe()
    {
        // What the paper uses where the folder recommends nothing: 20 steps, guidance 9, sides of 512.
        var advice = _index?.Section("stablevideo");
        var guidanceScale = advice?.Number("guidance_scale", 9, 0, 100) ?? 9;
        return new ImageModelInfo(() => ModelDigest.Of(_files))
        {
            Name = advice?.Text("name") ?? Path.GetFileName(Root),
            Folder = Root,
            Guidance = Structure.Kind,
            Steps = advice?.Integer("steps", 20, 1, 1000) ?? 20,
            GuidanceScale = (float)guidanceScale,
            SceneGuidanceScale = (float)(advice?.Number("scene_guidance_scale", guidanceScale, 0, 100) ?? guidanceScale),
            GuidanceRescale = (float)(advice?.Number("guidance_rescale", 0, 0, 1) ?? 0),
            Strength = (float)(advice?.Number("strength", 0.85, 0, 1) ?? 0.85),
            WorkingSize = advice?.Integer("working_size", 512, 32, 4096) ?? 512,
            SizeMultiple = LatentDownscale() * LatentMultiple(),
        };
    }

    private int LatentDownscale()
    {
        var config = ModelSettings.Read(Autoencoder, ConfigName);
        return config.Text("_class_name") == "DctAutoencoder"
            ? config.Integer("patch_size", 4, 1, 64)
            : 1 << (config.CountOf("block_out_channels", 4) - 1);
    }

    private int LatentMultiple() => 1 << (ModelSettings.Read(UNet, ConfigName).CountOf("block_out_channels", 4) - 1);

    private sealed record ModelPart(string Name, string Weights, string[] Classes);
}
