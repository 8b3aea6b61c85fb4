using System.Numerics;

namespace StableVideo.Imaging;

/// <summary>Draws the sample car with a depth buffer at three by three samples a pixel.</summary>
internal sealed class CarRenderer
{
    private const int Samples = 3;

    private static readonly Vector3 Sun = Vector3.Normalize(new(-0.45f, 0.80f, 0.52f));

    private readonly CarPaint paint;
    private readonly SampleMotion motion;
    private readonly List<CarTriangle> triangles;
    private readonly PixelBox box;
    private readonly float[] depth;
    private readonly int[] hit;
    private readonly Vector2[] weights;

    public CarRenderer(SampleMotion motion, CarPaint paint, int width, int height)
    {
        (this.motion, this.paint) = (motion, paint);
        triangles = CarMesh.Build(motion.WheelAngle);
        var (low, high) = (new Vector2(float.MaxValue), new Vector2(float.MinValue));
        var corners = new Vector3[3 * triangles.Count];
        for (var i = 0; i < triangles.Count; i++)
        {
            (corners[3 * i], corners[(3 * i) + 1], corners[(3 * i) + 2]) =
                (motion.Project(triangles[i].A.Position), motion.Project(triangles[i].B.Position), motion.Project(triangles[i].C.Position));
            for (var c = 3 * i; c < (3 * i) + 3; c++)
            {
                var flat = new Vector2(corners[c].X, corners[c].Y);
                (low, high) = (Vector2.Min(low, flat), Vector2.Max(high, flat));
            }
        }

        var (left, top) = (Math.Clamp((int)low.X - 1, 0, width - 1), Math.Clamp((int)low.Y - 1, 0, height - 1));
        box = new(left, top, Math.Clamp((int)high.X + 2 - left, 1, width - left), Math.Clamp((int)high.Y + 2 - top, 1, height - top));
        var count = box.Width * Samples * box.Height * Samples;
        (depth, hit, weights) = (new float[count], new int[count], new Vector2[count]);
        Array.Fill(hit, -1);
        for (var i = 0; i < triangles.Count; i++)
            Rasterise(i, corners[3 * i], corners[(3 * i) + 1], corners[(3 * i) + 2]);
    }

    /// <summary>Pixels that can hold a part of the car.</summary>
    public PixelBox Box => box;

    /// <summary>Mean colour of the samples that hit the car, and the share of them, of a pixel inside <see cref="Box"/>.</summary>
    public (Vector3 Colour, float Cover) Shade(int x, int y)
    {
        var (sum, count) = (Vector3.Zero, 0);
        for (var sample = 0; sample < Samples * Samples; sample++)
        {
            var index = Index(x, y, sample % Samples, sample / Samples);
            if (hit[index] < 0)
                continue;
            sum += ShadeSample(index);
            count++;
        }

        return (count == 0 ? default : sum / count, count / (float)(Samples * Samples));
    }

    /// <summary>Surface position in metres at the centre of a pixel inside <see cref="Box"/>; null where the centre misses the car.</summary>
    public Vector2? SurfaceAt(int x, int y)
    {
        var index = Index(x, y, Samples / 2, Samples / 2);
        return hit[index] < 0 ? null : Interpolate(index).Surface;
    }

    private int Index(int x, int y, int sampleX, int sampleY)
        => ((((y - box.Y) * Samples) + sampleY) * box.Width * Samples) + ((x - box.X) * Samples) + sampleX;

    private void Rasterise(int triangle, Vector3 a, Vector3 b, Vector3 c)
    {
        var area = ((b.X - a.X) * (c.Y - a.Y)) - ((c.X - a.X) * (b.Y - a.Y));
        if (MathF.Abs(area) < 1e-9f)
            return;
        var columns = box.Width * Samples;
        var (firstX, lastX) = Range(Math.Min(a.X, Math.Min(b.X, c.X)) - box.X, Math.Max(a.X, Math.Max(b.X, c.X)) - box.X, columns);
        var (firstY, lastY) = Range(Math.Min(a.Y, Math.Min(b.Y, c.Y)) - box.Y, Math.Max(a.Y, Math.Max(b.Y, c.Y)) - box.Y, box.Height * Samples);
        for (var sy = firstY; sy <= lastY; sy++)
        {
            var py = box.Y + ((sy + 0.5f) / Samples);
            for (var sx = firstX; sx <= lastX; sx++)
            {
                var px = box.X + ((sx + 0.5f) / Samples);
                var wb = (((px - a.X) * (c.Y - a.Y)) - ((c.X - a.X) * (py - a.Y))) / area;
                var wc = (((b.X - a.X) * (py - a.Y)) - ((px - a.X) * (b.Y - a.Y))) / area;
                var wa = 1 - wb - wc;
                if (wa < 0 || wb < 0 || wc < 0)
                    continue;
                var inverse = (wa * a.Z) + (wb * b.Z) + (wc * c.Z);
                var index = (sy * columns) + sx;
                if (inverse <= depth[index])
                    continue;
                depth[index] = inverse;
                hit[index] = triangle;
                weights[index] = new(wb * b.Z / inverse, wc * c.Z / inverse);
            }
        }

        static (int First, int Last) Range(float low, float high, int size)
            => (Math.Max(0, (int)(low * Samples) - 1), Math.Min(size - 1, (int)(high * Samples) + 1));
    }

    private CarVertex Interpolate(int index)
    {
        var (_, a, b, c) = triangles[hit[index]];
        var (wb, wc) = (weights[index].X, weights[index].Y);
        var wa = 1 - wb - wc;
        return new(
            (a.Position * wa) + (b.Position * wb) + (c.Position * wc), (a.Normal * wa) + (b.Normal * wb) + (c.Normal * wc),
            (a.Surface * wa) + (b.Surface * wb) + (c.Surface * wc), (a.Paint * wa) + (b.Paint * wb) + (c.Paint * wc));
    }

    private Vector3 ShadeSample(int index)
    {
        var point = Interpolate(index);
        var material = paint.At(triangles[hit[index]].Part, point.Paint, point.Position, Vector3.Normalize(point.Normal));
        var normal = motion.Turn(material.Normal);
        var view = motion.ToCamera(point.Position);
        if (Vector3.Dot(normal, view) < 0)
            normal -= 2 * Vector3.Dot(normal, view) * view;
        var sun = Math.Max(0, Vector3.Dot(normal, Sun));
        var ambient = Vector3.Lerp(new(0.34f, 0.33f, 0.30f), new(0.60f, 0.66f, 0.74f), (normal.Y * 0.5f) + 0.5f);
        var low = Noise.Step(0.05f, 0.45f, point.Position.Y);
        var light = (ambient * (0.55f + (0.45f * low))) + (new Vector3(0.72f, 0.69f, 0.62f) * sun);
        var fresnel = material.Gloss * (0.55f + (0.45f * MathF.Pow(1 - Math.Clamp(Vector3.Dot(normal, view), 0, 1), 3)));
        var reflected = Vector3.Reflect(-view, normal);
        var spot = 235 * material.Gloss * MathF.Pow(Math.Max(0, Vector3.Dot(reflected, Sun)), 40);
        return Vector3.Lerp(material.Albedo * light, Surroundings(reflected.Y), fresnel) + new Vector3(spot);
    }

    /// <summary>What a mirror looking up or down at the given slope would show: sky, trees at the horizon, road.</summary>
    private static Vector3 Surroundings(float up)
    {
        if (up < 0)
            return Vector3.Lerp(new(96, 104, 78), new(92, 91, 92), Noise.Step(0, -0.3f, up));
        var sky = Vector3.Lerp(new(226, 230, 232), new(110, 156, 212), MathF.Sqrt(up));
        return Vector3.Lerp(new(84, 98, 74), sky, Noise.Step(0.02f, 0.14f, up));
    }
}
