using System.Numerics;

namespace StableVideo.Imaging;

/// <summary>Surfaces of the sample car; each has its own paint.</summary>
internal enum CarPart
{
    BodySide,
    BodyRim,
    CabinSide,
    CabinRim,
    WheelFace,
    WheelTread,
    Underbody,
}

/// <summary>One corner of the car's surface.</summary>
/// <param name="Position">Metres in the car's frame: x forward, y up from the road, z to the near side.</param>
/// <param name="Normal">Unit normal in the car's frame.</param>
/// <param name="Surface">Metres on the unfolded surface.</param>
/// <param name="Paint">Metres in the coordinates the paint of the part uses.</param>
internal readonly record struct CarVertex(Vector3 Position, Vector3 Normal, Vector2 Surface, Vector2 Paint);

/// <summary>A triangle of one part.</summary>
internal readonly record struct CarTriangle(CarPart Part, CarVertex A, CarVertex B, CarVertex C);

/// <summary>
/// A stylised saloon car: body and cabin are side profiles extruded to the car's width with rounded edges, wheels are short cylinders.
/// </summary>
internal static class CarMesh
{
    public const float WheelRadius = 0.345f;
    public const float WheelHeight = 0.345f;
    public const float ArchRadius = 0.425f;
    public const float BodyHalfWidth = 0.86f;
    public const float BeltHeight = 0.98f;
    public const float RoofHeight = 1.47f;

    public static readonly float[] Axles = [-1.33f, 1.36f];

    private static readonly Vector2[] BodyOutline = BuildBodyOutline();

    private const float BodyEdge = 0.09f;
    private const float CabinEdge = 0.07f;
    private const float ArchEdge = 0.012f;

    private static readonly Vector2[] CabinOutline = Smooth(
        [new(-1.78f, 0.93f), new(-1.62f, 1.02f), new(-1.08f, 1.40f), new(-0.80f, 1.46f), new(-0.1f, RoofHeight), new(0.22f, 1.44f), new(0.46f, 1.36f), new(1.12f, 0.99f), new(1.22f, 0.93f)], 2);

    /// <summary>The car's triangles with its wheels turned by <paramref name="wheelAngle"/> radians; the surface coordinates turn with them.</summary>
    public static List<CarTriangle> Build(float wheelAngle)
    {
        var triangles = new List<CarTriangle>(6000);
        Extrude(triangles, BodyOutline, CarPart.BodySide, CarPart.BodyRim, BodyEdgeAt, _ => BodyHalfWidth, 0f);
        Extrude(triangles, CabinOutline, CarPart.CabinSide, CarPart.CabinRim, _ => CabinEdge, CabinHalfWidth, 0.35f);
        foreach (var side in (ReadOnlySpan<int>)[-1, 1])
        {
            foreach (var axle in Axles)
                Wheel(triangles, axle, side, wheelAngle);
        }

        Underbody(triangles);
        return triangles;
    }

    /// <summary>The cabin leans inwards towards the roof.</summary>
    public static float CabinHalfWidth(float y) => Noise.Mix(0.80f, 0.60f, (y - BeltHeight) / (RoofHeight - BeltHeight));

    /// <summary>Wheel arches and the lower edge are sharp, the rest of the body is round.</summary>
    private static float BodyEdgeAt(Vector2 point)
        => Axles.Any(axle => Vector2.Distance(point, new(axle, WheelHeight)) < ArchRadius + 0.01f) ? ArchEdge : Noise.Mix(ArchEdge, BodyEdge, Noise.Step(0.26f, 0.50f, point.Y));

    private static Vector2[] BuildBodyOutline()
    {
        var upper = Smooth(
            [new(-2.10f, 0.27f), new(-2.20f, 0.36f), new(-2.22f, 0.62f), new(-2.17f, 0.86f), new(-2.02f, 0.985f), new(-1.5f, 1.01f), new(0.98f, 0.985f), new(1.70f, 0.885f), new(2.08f, 0.77f), new(2.21f, 0.58f), new(2.23f, 0.38f), new(2.12f, 0.26f)], 2);
        var outline = new List<Vector2>(upper);
        foreach (var axle in Enumerable.Reverse(Axles))
        {
            var start = MathF.Asin((WheelHeight - 0.24f) / ArchRadius);
            for (var i = 0; i <= 20; i++)
            {
                var angle = -start + ((MathF.PI + (2 * start)) * i / 20);
                outline.Add(new Vector2(axle + (ArchRadius * MathF.Cos(angle)), WheelHeight + (ArchRadius * MathF.Sin(angle))));
            }
        }

        return [.. outline];
    }

    /// <summary>Corner cutting (Chaikin) of an open line; its ends stay.</summary>
    private static Vector2[] Smooth(Vector2[] line, int rounds)
    {
        for (var round = 0; round < rounds; round++)
        {
            var result = new List<Vector2> { line[0] };
            for (var i = 0; i + 1 < line.Length; i++)
            {
                result.Add(Vector2.Lerp(line[i], line[i + 1], 0.25f));
                result.Add(Vector2.Lerp(line[i], line[i + 1], 0.75f));
            }

            result.Add(line[^1]);
            line = [.. result];
        }

        return line;
    }

    /// <summary>Extrudes a closed clockwise outline (x right, y up) to both sides, with edges rounded by <paramref name="edge"/>.</summary>
    private static void Extrude(
        List<CarTriangle> triangles, Vector2[] outline, CarPart side, CarPart rim, Func<Vector2, float> edge, Func<float, float> halfWidth, float surfaceShift)
    {
        var count = outline.Length;
        var outward = new Vector2[count];
        var length = new float[count + 1];
        for (var i = 0; i < count; i++)
        {
            var tangent = Vector2.Normalize(outline[(i + 1) % count] - outline[(i + count - 1) % count]);
            outward[i] = new(-tangent.Y, tangent.X);
            length[i + 1] = length[i] + Vector2.Distance(outline[i], outline[(i + 1) % count]);
        }

        const int Steps = 5;
        for (var i = 0; i < count; i++)
        {
            var j = (i + 1) % count;
            for (var step = -Steps; step < Steps; step++)
            {
                Quad(triangles, rim, RimVertex(i, length[i], step), RimVertex(j, length[i + 1], step), RimVertex(j, length[i + 1], step + 1), RimVertex(i, length[i], step + 1));
            }
        }

        var inset = new Vector2[count];
        for (var i = 0; i < count; i++)
            inset[i] = outline[i] - (outward[i] * edge(outline[i]));
        foreach (var (a, b, c) in EarClipping.Triangulate(inset))
        {
            triangles.Add(new(side, SideVertex(inset[a], 1), SideVertex(inset[b], 1), SideVertex(inset[c], 1)));
            triangles.Add(new(side, SideVertex(inset[a], -1), SideVertex(inset[b], -1), SideVertex(inset[c], -1)));
        }

        // Steps -5 .. 0 round the far edge, 0 .. 5 the near one; the straight middle lies between the two vertices of step 0.
        CarVertex RimVertex(int i, float along, int step)
        {
            var sign = step >= 0 ? 1 : -1;
            var angle = MathF.PI / 2 * Math.Abs(step) / Steps;
            var radius = edge(outline[i]);
            var half = halfWidth(outline[i].Y) - radius;
            var point = outline[i] - (outward[i] * radius * (1 - MathF.Cos(angle)));
            var z = sign * (half + (radius * MathF.Sin(angle)));
            if (step == 0)
                z = 0;
            var normal = new Vector3(outward[i] * MathF.Cos(angle), sign * MathF.Sin(angle));
            return new(new(point, z), normal, new(along, 3.2f + surfaceShift * 8 + z), new(along, z));
        }

        CarVertex SideVertex(Vector2 point, int sign)
            => new(new(point, sign * halfWidth(point.Y)), new(0, 0, sign), new(point.X + (sign < 0 ? 12 : 2.4f), 1.6f + surfaceShift - point.Y), point);
    }

    private static void Wheel(List<CarTriangle> triangles, float axle, int side, float angle)
    {
        const int Segments = 40;
        var centre = new Vector3(axle, WheelHeight, side * (BodyHalfWidth - 0.04f));
        for (var i = 0; i < Segments; i++)
        {
            var (a, b) = (MathF.Tau * i / Segments, MathF.Tau * (i + 1) / Segments);
            triangles.Add(new(CarPart.WheelFace, Face(0, 0), Face(a, WheelRadius), Face(b, WheelRadius)));
            Quad(triangles, CarPart.WheelTread, Tread(a, 0), Tread(b, 0), Tread(b, 0.2f), Tread(a, 0.2f));
        }

        CarVertex Face(float at, float radius)
        {
            // The material turns clockwise while the car drives to the right.
            var offset = new Vector2(MathF.Cos(at), MathF.Sin(at)) * radius;
            var material = new Vector2(MathF.Cos(at + angle), MathF.Sin(at + angle)) * radius;
            return new(centre + new Vector3(offset, 0), new(0, 0, side), new(axle + material.X + (side < 0 ? 12 : 2.4f), 1.6f - WheelHeight - material.Y), material);
        }

        CarVertex Tread(float at, float depth)
        {
            var offset = new Vector3(MathF.Cos(at), MathF.Sin(at), 0);
            return new(centre + (offset * WheelRadius) - new Vector3(0, 0, side * depth), offset, new(20 + axle + depth, at + angle + side), new(at + angle, depth));
        }
    }

    /// <summary>A dark plate behind wheels and arches, so that no light shines through under the car.</summary>
    private static void Underbody(List<CarTriangle> triangles)
    {
        foreach (var z in (ReadOnlySpan<float>)[-0.5f, 0.5f])
            Quad(triangles, CarPart.Underbody, Corner(-2.0f, 0.20f, z), Corner(2.0f, 0.20f, z), Corner(2.0f, 0.8f, z), Corner(-2.0f, 0.8f, z));

        static CarVertex Corner(float x, float y, float z) => new(new(x, y, z), new(0, 0, z > 0 ? 1 : -1), new(x + 26, y), new(x, y));
    }

    private static void Quad(List<CarTriangle> triangles, CarPart part, CarVertex a, CarVertex b, CarVertex c, CarVertex d)
    {
        triangles.Add(new(part, a, b, c));
        triangles.Add(new(part, a, c, d));
    }
}
