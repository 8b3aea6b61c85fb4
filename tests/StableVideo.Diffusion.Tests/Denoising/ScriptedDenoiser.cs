using StableVideo.Diffusion.Networks;
using StableVideo.Onnx;

namespace StableVideo.Diffusion.Tests.Denoising;

/// <summary>
/// A denoiser whose every row depends on that row's sample, timestep and context alone. It notes the context of each row of each batch and does what the
/// test says before it answers.
/// </summary>
internal sealed class ScriptedDenoiser : IDenoiser
{
    private readonly List<string> _batches = [];

    /// <summary>Called with the names of a batch's pictures.</summary>
    public Action<string, CancellationToken> OnPredict { get; init; } = (_, _) => { };

    /// <summary>The pictures of each batch so far, a letter each.</summary>
    public IReadOnlyList<string> Batches => _batches;

    public int LatentChannels => 1;

    public int LatentMultiple => 1;

    public int ContextWidth => 1;

    public int? PooledWidth => null;

    /// <summary>The text of a picture that goes by a letter: the letter's number, in two rows.</summary>
    public static TextEmbedding Named(char name) => new(new FloatTensor([name, name], 2, 1, 1), null);

    public FloatTensor Predict(
        FloatTensor sample,
        ReadOnlySpan<float> timesteps,
        FloatTensor context,
        FloatTensor? pooled = null,
        ControlResiduals? control = null,
        CancellationToken cancellationToken = default)
    {
        var names = string.Concat(context.Data.Where((_, row) => row % 2 == 0).Select(name => (char)name));
        lock (_batches)
            _batches.Add(names);
        OnPredict(names, cancellationToken);
        var output = sample.Clone();
        for (var row = 0; row < sample.Shape[0]; row++)
        {
            foreach (ref var value in output.Row(row))
                value = (value * 0.3f) + (timesteps[row] / 1000) + ((context.Data[row] - 'A') * (row % 2));
        }

        return output;
    }

    public void Dispose()
    {
    }
}
