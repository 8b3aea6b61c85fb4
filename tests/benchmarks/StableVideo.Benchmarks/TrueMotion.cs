using System.Numerics;
using StableVideo.Imaging;

namespace StableVideo.Benchmarks;

/// <summary>The exact motion between two frames of the demo clip where both see the same thing.</summary>
internal sealed class TrueMotion
{
    private const float Cell = 1;      // surface pixels; about one frame pixel
    private const float Neighbour = 2; // surface pixels between frame pixels of one smooth patch, at most

    private readonly SampleClipFrame _from;
    private readonly SampleClipFrame _to;
    private readonly Matrix3x2 _fromLandscape;
    private readonly Dictionary<(int, int), List<(int X, int Y)>> _surface = [];

    public TrueMotion(SampleClipFrame from, SampleClipFrame to)
    {
        (_from, _to) = (from, to);

        // The camera pans, zooms and rolls: frame to landscape is affine, so three corners tell it all.
        var (width, height) = (to.Picture.Width, to.Picture.Height);
        var origin = At(to.BackgroundUv, 0, 0);
        var (dx, dy) = ((At(to.BackgroundUv, width - 1, 0) - origin) / (width - 1), (At(to.BackgroundUv, 0, height - 1) - origin) / (height - 1));
        Matrix3x2.Invert(new Matrix3x2(dx.X, dx.Y, dy.X, dy.Y, origin.X, origin.Y), out _fromLandscape);
        for (var y = 1; y < height - 1; y++)
        {
            for (var x = 1; x < width - 1; x++)
            {
                var surface = At(to.ForegroundUv, x, y);
                if (float.IsNaN(surface.X))
                    continue;
                var key = CellOf(surface);
                if (!_surface.TryGetValue(key, out var pixels))
                    _surface[key] = pixels = [];
                pixels.Add((x, y));
            }
        }
    }

    public Raster<float> Compute(FlowMethod method) =>
        OpticalFlow.Compute(Colour.ToGray(_from.Picture), Colour.ToGray(_to.Picture), new FlowOptions { Method = method });

    /// <summary>End point errors in pixels where the background is seen in both frames.</summary>
    public IEnumerable<double> BackgroundErrors(Raster<float> flow) => Errors(flow, (x, y) =>
    {
        if (_from.Mask[x, y] > 0)
            return null;
        var target = Vector2.Transform(At(_from.BackgroundUv, x, y), _fromLandscape);
        var (column, row) = ((int)MathF.Round(target.X), (int)MathF.Round(target.Y));
        return column >= 0 && column < flow.Width && row >= 0 && row < flow.Height && _to.Mask[column, row] == 0 ? target : null;
    });

    /// <summary>End point errors in pixels where the same point of the car is seen in both frames.</summary>
    public IEnumerable<double> CarErrors(Raster<float> flow) => Errors(flow, (x, y) =>
    {
        var surface = At(_from.ForegroundUv, x, y);
        return float.IsNaN(surface.X) ? null : Locate(surface);
    });

    private static IEnumerable<double> Errors(Raster<float> flow, Func<int, int, Vector2?> truth)
    {
        for (var y = 0; y < flow.Height; y++)
        {
            for (var x = 0; x < flow.Width; x++)
            {
                if (truth(x, y) is { } target)
                    yield return Vector2.Distance(new Vector2(x, y) + At(flow, x, y), target);
            }
        }
    }

    /// <summary>The position in the second frame that sees a point of the surface: the nearest pixel, corrected by the slope of the surface there.</summary>
    private Vector2? Locate(Vector2 surface)
    {
        var (u, v) = CellOf(surface);
        var nearest = Enumerable.Range(-1, 3).SelectMany(dv => Enumerable.Range(-1, 3).SelectMany(du => _surface.GetValueOrDefault((u + du, v + dv), [])))
            .Select(pixel => (pixel.X, pixel.Y, Distance: Vector2.Distance(At(_to.ForegroundUv, pixel.X, pixel.Y), surface)))
            .DefaultIfEmpty((X: 0, Y: 0, Distance: float.PositiveInfinity))
            .MinBy(candidate => candidate.Distance);
        if (nearest.Distance > Neighbour / 2)
            return null;
        var (x, y) = (nearest.X, nearest.Y);
        var dx = (At(_to.ForegroundUv, x + 1, y) - At(_to.ForegroundUv, x - 1, y)) / 2;
        var dy = (At(_to.ForegroundUv, x, y + 1) - At(_to.ForegroundUv, x, y - 1)) / 2;
        if (!(dx.Length() < Neighbour && dy.Length() < Neighbour) || !Matrix3x2.Invert(new Matrix3x2(dx.X, dx.Y, dy.X, dy.Y, 0, 0), out var slope))
            return null;
        var correction = Vector2.Transform(surface - At(_to.ForegroundUv, x, y), slope);
        return correction.Length() < 1 ? new Vector2(x, y) + correction : null;
    }

    private static (int U, int V) CellOf(Vector2 surface) => ((int)MathF.Floor(surface.X / Cell), (int)MathF.Floor(surface.Y / Cell));

    private static Vector2 At(Raster<float> field, int x, int y) => new(field[x, y, 0], field[x, y, 1]);
}
