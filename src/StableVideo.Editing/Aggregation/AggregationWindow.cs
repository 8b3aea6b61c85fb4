using StableVideo.Atlas;
using StableVideo.Imaging;
using StableVideo.Onnx;

namespace StableVideo.Editing;

/// <summary>A part of the atlas as the aggregation network reads and writes it.</summary>
/// <param name="Box">The part, in atlas pixels.</param>
/// <param name="Input">[1,4,K,v,u]: colours of each keyframe (-1..1; the blend's where it saw nothing) and its weight.</param>
internal sealed record AggregationWindow(PixelBox Box, FloatTensor Input)
{
    /// <summary>Grey levels per unit of the network's output.</summary>
    public const float Scale = 8;

    /// <summary>Lays the partial atlases of a part of the atlas side by side.</summary>
    public static AggregationWindow Cut(PixelBox box, PartialAtlas start, IReadOnlyList<PartialAtlas> partials)
    {
        var plane = box.Width * box.Height;
        var input = new FloatTensor(1, AggregationGraphs.Inputs, partials.Count, box.Height, box.Width);
        for (var k = 0; k < partials.Count; k++)
        {
            var partial = partials[k];
            for (var y = 0; y < box.Height; y++)
            {
                for (var x = 0; x < box.Width; x++)
                {
                    var seen = partial.Weight[box.X + x, box.Y + y];
                    var colours = seen > 0 ? partial.Colour : start.Colour;
                    var at = (y * box.Width) + x;
                    for (var c = 0; c < 3; c++)
                        input.Data[(((c * partials.Count) + k) * plane) + at] = (colours[box.X + x, box.Y + y, c] / 127.5f) - 1;
                    input.Data[(((3 * partials.Count) + k) * plane) + at] = seen;
                }
            }
        }

        return new AggregationWindow(box, input);
    }

    /// <summary>The residual connection: adds the network's output to <paramref name="atlas"/> where keyframes saw it.</summary>
    public void AddTo(Raster<float> atlas, FloatTensor output, Raster<float> weight)
    {
        var plane = Box.Width * Box.Height;
        Rows.For(Box.Height, y =>
        {
            var row = atlas.Row(Box.Y + y);
            var seen = weight.Row(Box.Y + y);
            for (var x = 0; x < Box.Width; x++)
            {
                if (seen[Box.X + x] <= 0)
                    continue;
                for (var c = 0; c < 3; c++)
                    row[((Box.X + x) * 3) + c] += Scale * output.Data[(c * plane) + (y * Box.Width) + x];
            }
        });
    }

    /// <summary>The gradient of the output from the gradient of the atlas.</summary>
    public FloatTensor OutputGradient(Raster<float> atlasGradient, Raster<float> weight)
    {
        var plane = Box.Width * Box.Height;
        var result = new FloatTensor(1, 3, Box.Height, Box.Width);
        Rows.For(Box.Height, y =>
        {
            var row = atlasGradient.Row(Box.Y + y);
            var seen = weight.Row(Box.Y + y);
            for (var x = 0; x < Box.Width; x++)
            {
                if (seen[Box.X + x] <= 0)
                    continue;
                for (var c = 0; c < 3; c++)
                    result.Data[(c * plane) + (y * Box.Width) + x] = Scale * row[((Box.X + x) * 3) + c];
            }
        });
        return result;
    }
}
