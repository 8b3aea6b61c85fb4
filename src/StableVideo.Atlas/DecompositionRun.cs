using StableVideo.Atlas.Masks;
using StableVideo.Atlas.Solving;
using StableVideo.Atlas.Steps;
using StableVideo.Imaging;

namespace StableVideo.Atlas;

/// <summary>
/// A decomposition that is done step by step. Behind each step it can be left and taken up again by another run over the same clip, on this machine or
/// another: the result is the same to the last byte. Not safe for concurrent use.
/// </summary>
public sealed class DecompositionRun
{
    /// <summary>Number of the format of <see cref="WritePart"/>; parts of another format can not be read.</summary>
    public const int Format = 1;

    private const int LeastFrames = 2;
    private const int LeastSide = 32;
    private readonly IReadOnlyFrameSequence _frames;
    private readonly IReadOnlyList<Raster<byte>>? _masks;
    private readonly IReadOnlyList<MarkedFrame> _marks;
    private readonly DecomposeOptions _options;
    private readonly SolveClip _clip;
    private DecompositionSteps _work;
    private IReadOnlyList<DecompositionStep> _steps;
    private int _done;

    /// <summary>Checks the clip and stands before the first step.</summary>
    /// <param name="frames">The clip.</param>
    /// <param name="masks">As for <see cref="Decomposer.Decompose"/>.</param>
    /// <param name="options">Knobs; <see langword="null"/> for the defaults.</param>
    /// <exception cref="AtlasException">Masks do not fit the clip, or the clip needs more memory than the budget.</exception>
    public DecompositionRun(IReadOnlyFrameSequence frames, IReadOnlyList<Raster<byte>>? masks, DecomposeOptions? options = null)
        : this(frames, masks, [], options)
    {
    }

    private DecompositionRun(IReadOnlyFrameSequence frames, IReadOnlyList<Raster<byte>>? masks, IReadOnlyList<MarkedFrame> marks, DecomposeOptions? options)
    {
        ArgumentNullException.ThrowIfNull(frames);
        (_frames, _options) = (frames, options ?? new DecomposeOptions());
        CheckClip(frames);
        if (masks is not null)
            ClipMasks.Check(masks, frames);
        ClipMasks.Check(marks, frames);
        (_masks, _marks) = masks is [var first] ? (null, [new MarkedFrame(0, first)]) : (masks, marks);
        _clip = SolveClip.Load(frames, MemoryPlan.Divisor(frames, _options));
        (_work, _steps) = Begin();
    }

    /// <summary>The same for a clip in some of whose frames the object is marked; it is tracked from there, both ways.</summary>
    /// <param name="frames">The clip.</param>
    /// <param name="marks">One or more, each of another frame.</param>
    /// <param name="options">Knobs; <see langword="null"/> for the defaults.</param>
    /// <exception cref="AtlasException">Marks do not fit the clip, or the clip needs more memory than the budget.</exception>
    public static DecompositionRun FromMarks(IReadOnlyFrameSequence frames, IReadOnlyList<MarkedFrame> marks, DecomposeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(marks);
        return marks.Count > 0 ? new DecompositionRun(frames, null, marks, options) : throw new ArgumentException("No frame is marked.", nameof(marks));
    }

    /// <summary>Whether all steps are done.</summary>
    public bool IsFinished => _done == _steps.Count;

    /// <summary>The finished decomposition.</summary>
    /// <exception cref="InvalidOperationException">The run is not finished.</exception>
    public Decomposition Result => _work.Result ?? throw new InvalidOperationException($"The decomposition still has to do '{Next}'.");

    /// <summary>The next step, e.g. <c>atlases</c>; <see langword="null"/> when all are done.</summary>
    public string? Next => IsFinished ? null : _steps[_done].Name;

    /// <summary>What the next step does, for a person, e.g. "building the atlases"; empty when all are done.</summary>
    public string Doing => IsFinished ? "" : _steps[_done].Doing;

    /// <summary>How much is done, 0..1 of the usual time.</summary>
    public double Fraction => FractionBefore(_done);

    /// <summary>Names of the parts that another run needs in order to go on from here. Once made, a part of a name never changes.</summary>
    public IReadOnlyList<string> Parts => [.. PartsBefore(_done).Select(part => part.Name)];

    /// <summary>Does the next step. A run that threw has lost its state: begin another.</summary>
    /// <param name="progress">Receives 0..1 of the whole.</param>
    /// <param name="cancellationToken">Checked between frames and solver iterations.</param>
    /// <exception cref="AtlasException">The moving object could not be found.</exception>
    /// <exception cref="InvalidOperationException">All steps are done.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public void Advance(IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        if (IsFinished)
            throw new InvalidOperationException("The decomposition is finished.");
        cancellationToken.ThrowIfCancellationRequested();
        var slice = new StageProgress(progress, FractionBefore(_done), FractionBefore(_done + 1), cancellationToken);
        _steps[_done].Run(slice);
        _done++;
    }

    /// <summary>Writes one of <see cref="Parts"/>. The same run gives the same bytes.</summary>
    /// <exception cref="ArgumentException">It is none of them.</exception>
    public void WritePart(string part, Stream destination)
    {
        ArgumentNullException.ThrowIfNull(destination);
        var found = PartsBefore(_done).FirstOrDefault(p => p.Name == part)
            ?? throw new ArgumentException($"'{part}' is none of the parts that are needed here: {string.Join(", ", Parts)}.", nameof(part));
        found.Write(new PartWriter(destination));
    }

    /// <summary>
    /// Stands before step <paramref name="next"/> with the parts of another run over the same clip. <see langword="false"/>, and nothing changes, when there is
    /// no such step, or a part is missing or of another shape.
    /// </summary>
    /// <param name="next"><see cref="Next"/> of the other run.</param>
    /// <param name="parts">Its <see cref="Parts"/>, as they were written.</param>
    public bool TryGoOn(string next, IReadOnlyDictionary<string, ReadOnlyMemory<byte>> parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        var (work, steps) = Begin();
        var index = steps.TakeWhile(step => step.Name != next).Count();
        if (index == steps.Count)
            return false;
        foreach (var part in PartsBefore(steps, index))
        {
            if (!parts.TryGetValue(part.Name, out var bytes) || !TryRead(part, bytes))
                return false;
        }

        (_work, _steps, _done) = (work, steps, index);
        return true;
    }

    private static bool TryRead(DecompositionPart part, ReadOnlyMemory<byte> bytes)
    {
        try
        {
            var reader = new PartReader(bytes);
            part.Read(reader);
            reader.End();
            return true;
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or ArgumentException or OverflowException)
        {
            return false;
        }
    }

    private static IEnumerable<DecompositionPart> PartsBefore(IReadOnlyList<DecompositionStep> steps, int index)
    {
        var needed = steps.Skip(index).Select(step => step.Name).ToHashSet();
        return steps.Take(index).SelectMany(step => step.Parts).Where(part => needed.Contains(part.LastUser));
    }

    private static void CheckClip(IReadOnlyFrameSequence frames)
    {
        if (frames.Count < LeastFrames)
            throw new AtlasException($"The clip has {frames.Count} frame; a decomposition needs at least {LeastFrames}.");
        if (frames.Width < LeastSide || frames.Height < LeastSide)
            throw new AtlasException($"The clip is {frames.Width}x{frames.Height}; frames must be at least {LeastSide}x{LeastSide}.");
    }

    private IEnumerable<DecompositionPart> PartsBefore(int index) => PartsBefore(_steps, index);

    private double FractionBefore(int index) => _steps.Take(index).Sum(step => step.Weight) / _steps.Sum(step => step.Weight);

    private (DecompositionSteps Work, IReadOnlyList<DecompositionStep> Steps) Begin()
    {
        var work = new DecompositionSteps(_frames, _clip, _masks, _marks, _options);
        return (work, work.All());
    }
}
