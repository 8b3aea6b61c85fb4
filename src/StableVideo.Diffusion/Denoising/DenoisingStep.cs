using StableVideo.Diffusion.Networks;
using StableVideo.Onnx;

namespace StableVideo.Diffusion;

/// <summary>The networks' share of one denoising step, for any number of pictures that fit together, each with its own timestep and conditions.</summary>
internal sealed class DenoisingStep(IDenoiser denoiser, ControlNet? controlNet)
{
    /// <summary>Evaluates the next step of all pictures as one batch.</summary>
    /// <returns>For each picture its rows of the output, for <see cref="PictureInProgress.Advance"/>.</returns>
    public FloatTensor[] Predict(IReadOnlyList<PictureInProgress> pictures, CancellationToken cancellationToken)
    {
        var sample = Stack(pictures, picture => Repeat(picture.ScaledInput(), picture.Rows));
        var context = Stack(pictures, picture => picture.Text.Hidden);
        var pooled = pictures[0].Text.Pooled is null ? null : Stack(pictures, picture => picture.Text.Pooled!);
        float[] timesteps = [.. PerRow(pictures, picture => picture.Timestep)];
        var residuals = pictures[0].Control is null ? null : controlNet!.Predict(
            sample,
            timesteps,
            context,
            pooled,
            Stack(pictures, picture => pictures.Count == 1 ? picture.Control!.Value.Embedding : Repeat(picture.Control!.Value.Embedding, picture.Rows)),
            [.. PerRow(pictures, picture => picture.Control!.Value.Scale)],
            cancellationToken);
        return Split(denoiser.Predict(sample, timesteps, context, pooled, residuals, cancellationToken), pictures);
    }

    private static FloatTensor Stack(IReadOnlyList<PictureInProgress> pictures, Func<PictureInProgress, FloatTensor> part) =>
        pictures.Count == 1 ? part(pictures[0]) : FloatTensor.Concat([.. pictures.Select(part)]);

    private static FloatTensor Repeat(FloatTensor row, int rows) => rows == 1 ? row : FloatTensor.Concat([.. Enumerable.Repeat(row, rows)]);

    private static IEnumerable<float> PerRow(IReadOnlyList<PictureInProgress> pictures, Func<PictureInProgress, float> value) =>
        pictures.SelectMany(picture => Enumerable.Repeat(value(picture), picture.Rows));

    private static FloatTensor[] Split(FloatTensor outputs, IReadOnlyList<PictureInProgress> pictures)
    {
        if (pictures.Count == 1)
            return [outputs];
        var rowLength = outputs.Length / outputs.Shape[0];
        var parts = new FloatTensor[pictures.Count];
        for (var (i, row) = (0, 0); i < parts.Length; row += pictures[i].Rows, i++)
        {
            var rows = pictures[i].Rows;
            parts[i] = new FloatTensor(outputs.Data.AsSpan(row * rowLength, rows * rowLength).ToArray(), [rows, .. outputs.Shape.AsSpan(1)]);
        }

        return parts;
    }
}
