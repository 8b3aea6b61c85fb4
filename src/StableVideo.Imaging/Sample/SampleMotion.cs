using System.Numerics;

namespace StableVideo.Imaging;

/// <summary>Where camera and car are at a moment of the sample clip.</summary>
/// <remarks>The landscape is a picture at infinity: the camera pans, zooms and sways over it by a similarity. The car has its own perspective.</remarks>
internal sealed record SampleMotion
{
    /// <summary>Camera height over the road in metres.</summary>
    private const float CameraHeight = 1.35f;

    private readonly float horizon;
    private readonly float focal;
    private readonly Vector2 frameCentre;
    private readonly Vector2 centre;
    private readonly float zoom;
    private readonly Vector2 turn;
    private readonly float carX;
    private readonly float distance;
    private readonly Vector2 yaw;

    public SampleMotion(SampleClipOptions options, float horizon, int frame)
    {
        var (width, height) = (options.Width, options.Height);
        var time = options.FrameCount == 1 ? 0f : (float)frame / (options.FrameCount - 1);
        var ease = (0.7f * time) + (0.3f * time * time * (3 - (2 * time)));
        this.horizon = horizon;
        focal = 1.97f * height;
        frameCentre = new Vector2(width, height) / 2;
        centre = new(
            width * (0.57f + (0.40f * ease)) + (0.004f * width * MathF.Sin(9.1f * time)),
            height * (0.565f + (0.006f * MathF.Sin(7.3f * time + 1)) + (0.004f * MathF.Sin(17.7f * time))));
        zoom = 1 - (0.08f * ease);
        var roll = 0.007f * MathF.Sin((5.2f * time) + 0.4f);
        turn = new(MathF.Cos(roll), MathF.Sin(roll));

        carX = centre.X + (zoom * width * (-0.085f + (0.15f * time)));
        distance = 9.8f - (0.5f * ease);
        var degrees = options.TurnDegrees * (1 - (1.667f * ease));
        yaw = new(MathF.Cos(degrees * MathF.PI / 180), MathF.Sin(degrees * MathF.PI / 180));
        var start = width * (0.57f - 0.085f);
        WheelAngle = (carX - start) * distance / focal / CarMesh.WheelRadius;
    }

    /// <summary>Radians the wheels have turned.</summary>
    public float WheelAngle { get; }

    /// <summary>Pixels of a metre at the car's distance, unzoomed and the same for every frame.</summary>
    public float PixelsPerMetre => focal / 9.5f;

    /// <summary>Landscape position seen at a frame position.</summary>
    public Vector2 ToLandscape(Vector2 position)
    {
        var p = (position - frameCentre) * zoom;
        return centre + new Vector2((p.X * turn.X) - (p.Y * turn.Y), (p.X * turn.Y) + (p.Y * turn.X));
    }

    /// <summary>Frame position (x, y) and inverse distance (z) of a point of the car.</summary>
    public Vector3 Project(Vector3 point)
    {
        var placed = Place(point);
        var inverse = 1 / (distance - placed.Z);
        var landscape = new Vector2(carX + (focal * placed.X * inverse), horizon + (focal * (CameraHeight - placed.Y) * inverse));
        var p = (landscape - centre) / zoom;
        return new(frameCentre + new Vector2((p.X * turn.X) + (p.Y * turn.Y), (p.Y * turn.X) - (p.X * turn.Y)), inverse);
    }

    /// <summary>Turns a direction of the car's frame into the camera's frame.</summary>
    public Vector3 Turn(Vector3 v) => new((v.X * yaw.X) - (v.Z * yaw.Y), v.Y, (v.X * yaw.Y) + (v.Z * yaw.X));

    /// <summary>Unit direction from a point of the car to the camera.</summary>
    public Vector3 ToCamera(Vector3 point) => Vector3.Normalize(new Vector3(0, CameraHeight, distance) - Place(point));

    /// <summary>Share of light the car takes away from the road at a landscape position, 0..1.</summary>
    public float ShadowAt(Vector2 landscape)
    {
        var below = landscape.Y - horizon;
        if (below < 1)
            return 0;
        var depth = focal * CameraHeight / below;
        var (x, z) = ((landscape.X - carX) * depth / focal, distance - depth);
        var (carForward, carSide) = ((x * yaw.X) + (z * yaw.Y), (z * yaw.X) - (x * yaw.Y));
        var outside = Vector2.Max(Vector2.Zero, new(MathF.Abs(carForward - 0.05f) - 1.75f, MathF.Abs(carSide) - 0.55f)).Length();
        return Noise.Step(0.62f, 0, outside);
    }

    private Vector3 Place(Vector3 point) => Turn(point);
}
