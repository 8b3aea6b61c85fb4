using StableVideo.Tests;

namespace StableVideo.Diffusion.Tests;

/// <summary>A complete model folder in a temporary place: the tiny Stable Diffusion of the shared fixtures with a small tokenizer of our own.</summary>
public sealed class TinyModel : IDisposable
{
    public TinyModel()
    {
        Path = Directory.CreateTempSubdirectory("tiny-model-").FullName;
        var source = SharedFolder.Require("fixtures/sd-tiny");
        foreach (var part in (string[])["text_encoder", "unet", "controlnet", "vae", "scheduler"])
        {
            Directory.CreateDirectory(System.IO.Path.Combine(Path, part));
            foreach (var file in Directory.EnumerateFiles(System.IO.Path.Combine(source, part)))
            {
                var copy = System.IO.Path.Combine(Path, part, System.IO.Path.GetFileName(file));
                File.WriteAllBytes(copy, File.ReadAllBytes(file));
            }
        }

        _ = new SmallTokenizer(["a", "red", "blue", "car"], path: this["tokenizer"]);
        File.WriteAllText(this["model_index.json"], """
            {
              "_class_name": "StableDiffusionControlNetPipeline",
              "text_encoder": ["transformers", "CLIPTextModel"], "tokenizer": ["transformers", "CLIPTokenizer"],
              "unet": ["diffusers", "UNet2DConditionModel"], "controlnet": ["diffusers", "ControlNetModel"],
              "vae": ["diffusers", "AutoencoderKL"], "scheduler": ["diffusers", "DDIMScheduler"], "safety_checker": [null, null],
              "stablevideo": { "name": "tiny", "steps": 3, "guidance_scale": 4.5, "strength": 0.5, "working_size": 64 }
            }
            """);
    }

    public string Path { get; }

    /// <summary>Full path of a file of the folder.</summary>
    public string this[string relativePath] => System.IO.Path.Combine(Path, relativePath);

    /// <summary>Replaces a text in a file of the folder.</summary>
    public void Change(string relativePath, string from, string to)
    {
        var text = File.ReadAllText(this[relativePath]);
        Assert.Contains(from, text, StringComparison.Ordinal);
        File.WriteAllText(this[relativePath], text.Replace(from, to, StringComparison.Ordinal));
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
