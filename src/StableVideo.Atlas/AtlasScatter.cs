using StableVideo.Imaging;

namespace StableVideo.Atlas;

/// <summary>
/// Carries a frame into its atlas: the pixel grid under the UV mapping is a mesh of quads whose triangles are rasterised with barycentric
/// interpolation, which is exactly piecewise linear and costs one visit per pixel.
/// </summary>
public static class AtlasScatter
{
    private const byte Opaque = 128;
    private const float MaximumStretch = 4f;

    /// <summary>Rasterises <paramref name="frame"/> into a partial atlas. Triangles that cross the alpha edge, are folded over, or are stretched more than 4x are left out.</summary>
    /// <param name="frame">[H, W, C].</param>
    /// <param name="alpha">[H, W, 1], 0..255; pixels below 128 do not belong to the layer.</param>
    /// <param name="uv">[H, W, 2], continuous atlas pixels.</param>
    /// <param name="atlasWidth">Width of the atlas in pixels.</param>
    /// <param name="atlasHeight">Height of the atlas in pixels.</param>
    /// <exception cref="ArgumentException">Shapes do not fit.</exception>
    public static PartialAtlas Scatter(Raster<float> frame, Raster<byte> alpha, Raster<float> uv, int atlasWidth, int atlasHeight)
    {
        ArgumentNullException.ThrowIfNull(frame);
        ArgumentNullException.ThrowIfNull(alpha);
        ArgumentNullException.ThrowIfNull(uv);
        if (alpha.Width != frame.Width || alpha.Height != frame.Height || alpha.Channels != 1)
            throw new ArgumentException($"Alpha must be {frame.Width}x{frame.Height}x1, got {alpha.Width}x{alpha.Height}x{alpha.Channels}.", nameof(alpha));
        if (uv.Width != frame.Width || uv.Height != frame.Height || uv.Channels != 2)
            throw new ArgumentException($"UV must be {frame.Width}x{frame.Height}x2, got {uv.Width}x{uv.Height}x{uv.Channels}.", nameof(uv));
        var colour = new Raster<float>(atlasWidth, atlasHeight, frame.Channels);
        var weight = new Raster<float>(atlasWidth, atlasHeight, 1);
        var mesh = new Mesh(frame, alpha, uv, colour, weight);
        for (var y = 0; y + 1 < frame.Height; y++)
        {
            for (var x = 0; x + 1 < frame.Width; x++)
            {
                var corner = (y * frame.Width) + x;
                mesh.Draw(corner, corner + 1, corner + frame.Width);
                mesh.Draw(corner + 1, corner + frame.Width + 1, corner + frame.Width);
            }
        }

        mesh.Normalise();
        return new PartialAtlas(colour, weight);
    }

    private readonly ref struct Mesh(Raster<float> frame, Raster<byte> alpha, Raster<float> uv, Raster<float> colour, Raster<float> weight)
    {
        private readonly ReadOnlySpan<float> _source = frame.Data;
        private readonly ReadOnlySpan<byte> _alpha = alpha.Data;
        private readonly ReadOnlySpan<float> _uv = uv.Data;
        private readonly Span<float> _colour = colour.Data;
        private readonly Span<float> _weight = weight.Data;
        private readonly int _channels = frame.Channels;
        private readonly int _width = weight.Width;
        private readonly int _height = weight.Height;

        public void Draw(int a, int b, int c)
        {
            if (_alpha[a] < Opaque || _alpha[b] < Opaque || _alpha[c] < Opaque)
                return;
            float ax = _uv[2 * a] - 0.5f, ay = _uv[(2 * a) + 1] - 0.5f;
            float bx = _uv[2 * b] - 0.5f, by = _uv[(2 * b) + 1] - 0.5f;
            float cx = _uv[2 * c] - 0.5f, cy = _uv[(2 * c) + 1] - 0.5f;
            var area = ((bx - ax) * (cy - ay)) - ((by - ay) * (cx - ax));
            if (!(area > 1e-6f) || Stretched(bx - ax, by - ay) || Stretched(cx - bx, cy - by) || Stretched(ax - cx, ay - cy))
                return;
            int left = Math.Max(0, (int)MathF.Ceiling(Math.Min(ax, Math.Min(bx, cx)))), right = Math.Min(_width - 1, (int)MathF.Floor(Math.Max(ax, Math.Max(bx, cx))));
            int top = Math.Max(0, (int)MathF.Ceiling(Math.Min(ay, Math.Min(by, cy)))), bottom = Math.Min(_height - 1, (int)MathF.Floor(Math.Max(ay, Math.Max(by, cy))));
            var inverse = 1 / area;
            for (var y = top; y <= bottom; y++)
            {
                for (var x = left; x <= right; x++)
                {
                    var wb = (((x - ax) * (cy - ay)) - ((y - ay) * (cx - ax))) * inverse;
                    var wc = (((bx - ax) * (y - ay)) - ((by - ay) * (x - ax))) * inverse;
                    var wa = 1 - wb - wc;
                    if (wa >= -1e-4f && wb >= -1e-4f && wc >= -1e-4f)
                        Add((y * _width) + x, a, b, c, wa, wb, wc);
                }
            }
        }

        /// <summary>Turns sums into means. Where the sheet folds over itself several triangles meet; their mean is kept.</summary>
        public void Normalise()
        {
            for (var i = 0; i < _weight.Length; i++)
            {
                if (_weight[i] <= 0)
                    continue;
                for (var k = 0; k < _channels; k++)
                    _colour[(i * _channels) + k] /= _weight[i];
                _weight[i] = Math.Min(1, _weight[i]);
            }
        }

        private void Add(int pixel, int a, int b, int c, float wa, float wb, float wc)
        {
            var opacity = ((wa * _alpha[a]) + (wb * _alpha[b]) + (wc * _alpha[c])) / 255f;
            _weight[pixel] += opacity;
            for (var k = 0; k < _channels; k++)
                _colour[(pixel * _channels) + k] += opacity * ((wa * _source[(a * _channels) + k]) + (wb * _source[(b * _channels) + k]) + (wc * _source[(c * _channels) + k]));
        }

        /// <summary>Mesh edges span 1 to 1.41 frame pixels; 4x of that is a tear, not a surface.</summary>
        private static bool Stretched(float dx, float dy) => (dx * dx) + (dy * dy) > MaximumStretch * MaximumStretch * 2;
    }
}
