using StableVideo.Diffusion.Networks;
using StableVideo.Diffusion.Tests.Networks;
using StableVideo.Imaging;
using StableVideo.Onnx;

namespace StableVideo.Diffusion.Tests.Denoising;

/// <summary>Pictures that real networks denoise together must become what they become alone.</summary>
public sealed class BatchedPicturesTests
{
    private const float Tolerance = 1e-4f;

    [Fact]
    public async Task The_embedded_model_paints_together_what_it_paints_alone() =>
        await AssertAsAlone(new ModelCatalogue().Resolve(ModelCatalogue.Embedded), 128);

    [Fact]
    public async Task A_Stable_Diffusion_folder_paints_together_what_it_paints_alone()
    {
        using var folder = new TinyModel();
        await AssertAsAlone(folder.Path, 64);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static async Task AssertAsAlone(string path, int size)
    {
        var folder = ModelFolder.Open(path, new ImageModelOptions());
        using var networks = new ModelNetworks(folder, new ImageModelOptions());
        var alone = Pictures(folder, networks, size);
        foreach (var picture in alone)
            new DenoisingBatcher(1).Run(picture, networks.Step, null, Token);

        var together = Pictures(folder, networks, size);
        var rows = await RunTogether(together, networks);

        Assert.Equal([2, 7, 7, 5, 5], rows);
        var differences = alone.Zip(together, (a, b) => Difference.Largest(a.Latents, b.Latents)).ToList();
        var colours = alone.Zip(together, (a, b) => Difference.Largest(Decoded(a), Decoded(b))).ToList();
        TestContext.Current.TestOutputHelper?.WriteLine($"Largest differences: latents {differences.Max():e1}, decoded {colours.Max():e1}");
        Assert.All(differences, difference => Assert.True(difference <= Tolerance, $"Latents differ by {difference:e1}."));
        Assert.All(colours, difference => Assert.True(difference <= Tolerance, $"Decoded pictures differ by {difference:e1}."));
        Assert.True(Difference.Largest(alone[0].Latents, alone[1].Latents) > 0.1, "The pictures are no different ones.");

        FloatTensor Decoded(PictureInProgress picture)
        {
            var latents = picture.Latents.Clone();
            foreach (ref var value in latents.Span)
                value /= networks.Autoencoder.Scale;
            return networks.Autoencoder.Decode(latents, Token);
        }
    }

    /// <summary>Four pictures that agree in nothing but their size: prompts, seeds, samplers, steps, first step, guidance, control.</summary>
    private static PictureInProgress[] Pictures(ModelFolder folder, ModelNetworks networks, int size)
    {
        var tokenizer = ClipTokenizer.Open(folder.Tokenizer);
        return
        [
            Create(["", "a red car"], SamplerKind.Ddim, 5, 0, guidance: 4.5f, control: 1),
            Create(["a red car", "a blue car"], SamplerKind.DpmSolver, 4, 0, guidance: 2, control: 0.5f),
            Create(["a blue car"], SamplerKind.Euler, 4, 0, guidance: 1, control: 1.5f),
            Create(["", "a blue car"], SamplerKind.UniPc, 6, 4, guidance: 3, control: 1),
        ];

        PictureInProgress Create(string[] prompts, SamplerKind kind, int steps, int firstStep, float guidance, float control)
        {
            var structure = new Raster<byte>(size, size, 3);
            for (var i = 0; i < structure.Data.Length; i++)
                structure.Data[i] = (byte)((i / (3 * (8 + steps)) % 2 * 200) + (i % 3 * (int)(20 * control)));
            var noise = new FloatTensor(1, networks.Autoencoder.LatentChannels, size / networks.Autoencoder.Downscale, size / networks.Autoencoder.Downscale);
            new TorchRandom((ulong)steps).FillNormal(noise.Span);
            return new PictureInProgress(noise, firstStep)
            {
                Text = networks.TextEncoder.Encode([.. prompts.Select(tokenizer.Encode)], Token),
                Control = (networks.ControlNet!.Embed(networks.Structure.Compute(structure, Token)!, Token), control),
                GuidanceScale = guidance,
                GuidanceRescale = 0.5f,
                Sampler = Sampler.Create(kind, folder.Schedule, steps),
            };
        }
    }

    /// <summary>Runs the first step of the first picture alone, then all of them together; returns the rows of each batch.</summary>
    private static async Task<IReadOnlyList<int>> RunTogether(PictureInProgress[] pictures, ModelNetworks networks)
    {
        var batcher = new DenoisingBatcher(pictures.Length);
        List<int> rows = [];
        var denoiser = new Watched(networks.Denoiser, count =>
        {
            rows.Add(count);
            SpinWait.SpinUntil(() => batcher.Pictures == pictures.Length || rows.Count > 1, TimeSpan.FromSeconds(30));
        });
        var step = new DenoisingStep(denoiser, networks.ControlNet);
        var runs = new List<Task>();
        foreach (var picture in pictures)
        {
            runs.Add(Task.Factory.StartNew(() => batcher.Run(picture, step, null, Token), Token, TaskCreationOptions.LongRunning, TaskScheduler.Default));
            while (batcher.Pictures < runs.Count)
                await Task.Delay(1, Token);
            while (rows.Count == 0)
                await Task.Delay(1, Token);
        }

        await Task.WhenAll(runs);
        return rows;
    }

    private sealed class Watched(IDenoiser inner, Action<int> onPredict) : IDenoiser
    {
        public int LatentChannels => inner.LatentChannels;

        public int LatentMultiple => inner.LatentMultiple;

        public int ContextWidth => inner.ContextWidth;

        public int? PooledWidth => inner.PooledWidth;

        public FloatTensor Predict(
            FloatTensor sample,
            ReadOnlySpan<float> timesteps,
            FloatTensor context,
            FloatTensor? pooled = null,
            ControlResiduals? control = null,
            CancellationToken cancellationToken = default)
        {
            onPredict(sample.Shape[0]);
            return inner.Predict(sample, timesteps, context, pooled, control, cancellationToken);
        }

        public void Dispose()
        {
        }
    }
}
