using StableVideo.Imaging;

namespace StableVideo.Editing;

/// <summary>
/// How steady an edit is: neighbouring frames compared along the source's optical flow (Lai et al., "Learning Blind Video Temporal Consistency", 2018, eq. 8).
/// The source's own error is measured beside it, as what flow itself gets wrong.
/// </summary>
/// <remarks>Works on pictures of at most 320 pixels width. Pixels where the source itself differs by more than 20 grey levels count for neither.</remarks>
internal sealed class WarpingError
{
    private const int Width = 320;
    private const float Occluded = 20;
    private Raster<byte>? _source;
    private Raster<byte>? _edit;
    private double _sourceSum;
    private double _editSum;
    private long _count;

    /// <summary>Mean absolute difference of the edit in grey levels; 0 for a single frame.</summary>
    public double Edit => _count == 0 ? 0 : _editSum / _count;

    /// <summary>The same of the source.</summary>
    public double Source => _count == 0 ? 0 : _sourceSum / _count;

    /// <summary>The next frame, before and after the edit.</summary>
    public void Add(Raster<byte> source, Raster<byte> edit)
    {
        var (width, height) = source.Width <= Width ? (source.Width, source.Height) : (Width, Math.Max(1, source.Height * Width / source.Width));
        var (nextSource, nextEdit) = (Resample.Resize(source, width, height, ResampleFilter.Area), Resample.Resize(edit, width, height, ResampleFilter.Area));
        if (_source is not null && _edit is not null)
            Compare(nextSource, nextEdit);
        (_source, _edit) = (nextSource, nextEdit);
    }

    private void Compare(Raster<byte> nextSource, Raster<byte> nextEdit)
    {
        var flow = OpticalFlow.Compute(Colour.ToGray(_source!), Colour.ToGray(nextSource));
        var warpedSource = Resample.WarpByFlow(nextSource, flow);
        var warpedEdit = Resample.WarpByFlow(nextEdit, flow);
        for (var p = 0; p < warpedSource.Data.Length; p += 3)
        {
            var source = Difference(warpedSource.Data, _source!.Data, p);
            if (source > Occluded)
                continue;
            _sourceSum += source;
            _editSum += Difference(warpedEdit.Data, _edit!.Data, p);
            _count++;
        }
    }

    private static float Difference(byte[] a, byte[] b, int p) =>
        (Math.Abs(a[p] - b[p]) + Math.Abs(a[p + 1] - b[p + 1]) + Math.Abs(a[p + 2] - b[p + 2])) / 3f;
}
