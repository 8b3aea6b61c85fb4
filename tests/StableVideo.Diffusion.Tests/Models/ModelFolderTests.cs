namespace StableVideo.Diffusion.Tests.Models;

public sealed class ModelFolderTests : IDisposable
{
    private readonly TinyModel _tiny = new();

    public void Dispose() => _tiny.Dispose();

    [Fact]
    public void Recommendations_and_sizes_come_from_the_folder()
    {
        using var model = ImageModel.Open(_tiny.Path);

        Assert.Equal("tiny", model.Info.Name);
        Assert.Equal(_tiny.Path, model.Info.Folder);
        Assert.Equal((3, 4.5f, 0.5f, 64), (model.Info.Steps, model.Info.GuidanceScale, model.Info.Strength, model.Info.WorkingSize));
        Assert.Equal((4.5f, 0f), (model.Info.SceneGuidanceScale, model.Info.GuidanceRescale));
        Assert.Equal(64, model.Info.SizeMultiple);
        Assert.Equal(StructureKind.Canny, model.Info.Guidance);
        Assert.Empty(model.UnknownWords("quite unknown words"));
    }

    [Fact]
    public void A_folder_may_recommend_weaker_guidance_for_scenes()
    {
        _tiny.Change("model_index.json", "\"steps\": 3", "\"steps\": 3, \"scene_guidance_scale\": 1.25, \"guidance_rescale\": 0.5");
        using var model = ImageModel.Open(_tiny.Path);

        Assert.Equal((4.5f, 1.25f, 0.5f), (model.Info.GuidanceScale, model.Info.SceneGuidanceScale, model.Info.GuidanceRescale));
    }

    [Fact]
    public void A_folder_without_an_index_or_advice_gets_the_papers_settings()
    {
        File.Delete(_tiny["model_index.json"]);
        using var model = ImageModel.Open(_tiny.Path);

        Assert.Equal(Path.GetFileName(_tiny.Path), model.Info.Name);
        Assert.Equal((20, 9f, 0.85f, 512), (model.Info.Steps, model.Info.GuidanceScale, model.Info.Strength, model.Info.WorkingSize));
    }

    [Fact]
    public void A_folder_without_a_control_net_has_no_guidance()
    {
        Directory.Delete(_tiny["controlnet"], recursive: true);
        _tiny.Change("model_index.json", "\"controlnet\": [\"diffusers\", \"ControlNetModel\"],", "");
        using var model = ImageModel.Open(_tiny.Path);

        Assert.Equal(StructureKind.None, model.Info.Guidance);
    }

    [Fact]
    public void A_control_net_can_lie_elsewhere()
    {
        var elsewhere = Directory.CreateTempSubdirectory("control-depth-").FullName;
        Directory.Delete(elsewhere);
        Directory.Move(_tiny["controlnet"], elsewhere);
        try
        {
            using var model = ImageModel.Open(_tiny.Path, new ImageModelOptions { ControlNetFolder = elsewhere });
            Assert.Equal(StructureKind.Depth, model.Info.Guidance);
        }
        finally
        {
            Directory.Delete(elsewhere, recursive: true);
        }
    }

    [Theory]
    [InlineData("unet", "config.json")]
    [InlineData("vae", "config.json")]
    [InlineData("tokenizer", "merges.txt")]
    [InlineData("scheduler", "scheduler_config.json")]
    public void A_missing_file_is_named(string part, string file)
    {
        File.Delete(_tiny[$"{part}/{file}"]);

        Assert.Equal($"The model folder {_tiny[part]} lacks {file}.", Refused());
    }

    [Theory]
    [InlineData("unet", "diffusion_pytorch_model")]
    [InlineData("controlnet", "diffusion_pytorch_model")]
    [InlineData("text_encoder", "model")]
    public void Missing_weights_are_named(string part, string name)
    {
        File.Move(_tiny[$"{part}/{name}.safetensors"], _tiny[$"{part}/{name}.bin"]);

        Assert.Equal(
            $"{_tiny[part]} has no {name}.safetensors. It only has PyTorch weights (.bin): get the .safetensors version of the model.", Refused());
    }

    [Fact]
    public void Half_precision_weights_may_keep_their_variant_name()
    {
        File.Move(_tiny["unet/diffusion_pytorch_model.safetensors"], _tiny["unet/diffusion_pytorch_model.fp16.safetensors"]);
        using var model = ImageModel.Open(_tiny.Path);

        Assert.Equal(64, model.Info.Digest.Length);
    }

    [Theory]
    [InlineData("unet", "config.json")]
    [InlineData("tokenizer", "vocab.json")]
    [InlineData("controlnet", "config.json")]
    public void A_missing_part_is_named(string part, string file)
    {
        Directory.Delete(_tiny[part], recursive: true);

        Assert.Equal($"The model folder {_tiny[part]} does not exist; it should hold {file}.", Refused());
    }

    [Theory]
    [InlineData("model_index.json", "StableDiffusionControlNetPipeline", "StableDiffusionXLPipeline", "\"_class_name\" is \"StableDiffusionXLPipeline\", which is not supported. " +
        "Supported: StableDiffusionPipeline, StableDiffusionControlNetPipeline, StableDiffusionImg2ImgPipeline, StableDiffusionControlNetImg2ImgPipeline.")]
    [InlineData("model_index.json", "AutoencoderKL", "AutoencoderTiny", "\"vae\" is \"AutoencoderTiny\", which is not supported. Supported: AutoencoderKL, DctAutoencoder.")]
    [InlineData("model_index.json", "\"steps\": 3", "\"steps\": 0", "\"stablevideo\": \"steps\" is 0; it must be a whole number from 1 to 1000.")]
    [InlineData("unet/config.json", "UNet2DConditionModel", "UNet3DConditionModel",
        "\"_class_name\" is \"UNet3DConditionModel\", which is not supported. Supported: UNet2DConditionModel.")]
    [InlineData("scheduler/scheduler_config.json", "\"epsilon\"", "\"flow\"",
        "\"prediction_type\" is \"flow\", which is not supported. Supported: epsilon, v_prediction, sample.")]
    [InlineData("controlnet/config.json", "\"in_channels\": 4,", "\"in_channels\": 4, \"guidance\": {\"type\": \"normal\"},",
        "\"guidance\": \"type\" is \"normal\", which is not supported. Supported: luminance, canny, depth, none.")]
    public void An_unsupported_setting_is_named(string file, string from, string to, string message)
    {
        _tiny.Change(file, from, to);

        var refused = Refused();
        Assert.StartsWith(_tiny[file], refused, StringComparison.Ordinal);
        Assert.EndsWith(message, refused, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_not_json_is_named()
    {
        File.WriteAllText(_tiny["vae/config.json"], "{");

        Assert.StartsWith($"{_tiny["vae/config.json"]} can not be read as JSON: ", Refused(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_that_does_not_exist_is_named()
    {
        var nowhere = _tiny["nowhere"];

        var error = Assert.Throws<ModelException>(() => ImageModel.Open(nowhere));
        Assert.Equal($"The model folder {nowhere} does not exist. Give a Stable Diffusion 1.x folder in diffusers layout.", error.Message);
    }

    [Fact]
    public void The_digest_follows_the_content_and_not_the_place()
    {
        using var twin = new TinyModel();
        var digest = Digest(_tiny);

        Assert.Equal(64, digest.Length);
        Assert.Equal(digest, Digest(twin));
        twin.Change("scheduler/scheduler_config.json", "0.012", "0.013");
        Assert.NotEqual(digest, Digest(twin));
    }

    private static string Digest(TinyModel folder)
    {
        using var model = ImageModel.Open(folder.Path);
        return model.Info.Digest;
    }

    private string Refused() => Assert.Throws<ModelException>(() => ImageModel.Open(_tiny.Path)).Message;
}
