using System.Text.Json;
using StableVideo.Editing;
using StableVideo.Storage;

namespace StableVideo.Cluster;

/// <summary>Carries the words of StableVideo.Editing into grain messages and back.</summary>
internal static class JobMessages
{
    private const int MostMarks = 64;

    /// <summary>A request as it is kept: settings in one canonical form.</summary>
    public static JobRequest ToRequest(JobInputs inputs) => new()
    {
        Video = inputs.Video.Value,
        Mask = inputs.Mask?.Value,
        MaskKind = inputs.MaskKind.ToString(),
        ProtectBackground = inputs.ProtectBackground?.Value,
        ProtectForeground = inputs.ProtectForeground?.Value,
        Marks = inputs.Marks.Count == 0 ? null : [.. inputs.Marks.Select(mark => new FrameMark(mark.Frame, mark.Mask.Value))],
        Until = inputs.Until?.ToString(),
        Settings = JsonSerializer.Serialize(inputs.Settings, EditJson.Options),
    };

    /// <summary>Reads a request.</summary>
    /// <exception cref="JobRejectedException">It breaks rules; all of them are listed.</exception>
    public static JobInputs ToInputs(JobRequest request)
    {
        var errors = new List<string>();
        if (!ArtifactId.TryParse(request.Video, out var video))
            errors.Add($"Video '{request.Video}' is not an artifact id. Upload the clip first and use the id it was given.");
        var mask = ReadMask("Mask", request.Mask, errors);
        var (protectBackground, protectForeground) =
            (ReadMask("Mask of the protected background", request.ProtectBackground, errors), ReadMask("Mask of the protected object", request.ProtectForeground, errors));
        if (!Enum.TryParse<MaskKind>(request.MaskKind, ignoreCase: true, out var maskKind) || !Enum.IsDefined(maskKind))
            errors.Add($"Mask kind '{request.MaskKind}' is unknown. Use None, FirstFrame or EveryFrame.");
        else if (maskKind == MaskKind.None != request.Mask is null)
            errors.Add($"Mask kind is {maskKind} but {(request.Mask is null ? "no mask was given" : "a mask was given")}. Give both or neither.");

        var marks = ReadMarks(request, errors);
        StageKind? until = null;
        if (request.Until is { } last && !Enum.IsDefined(typeof(StageKind), last))
            errors.Add($"There is no stage '{last}' to end behind. Name one of {string.Join(", ", StageGraph.All)}.");
        else if (request.Until is { } known)
            until = Enum.Parse<StageKind>(known);
        if (request.Priority is < -10 or > 10)
            errors.Add($"Priority is {request.Priority} but must be -10 to 10.");
        var settings = ReadSettings(request.Settings, errors);
        if (errors.Count > 0)
            throw new JobRejectedException(errors);
        return new JobInputs(video, mask, maskKind, settings!) { ProtectBackground = protectBackground, ProtectForeground = protectForeground, Marks = marks, Until = until };
    }

    /// <summary>Names of the parts in which two requests differ.</summary>
    public static IReadOnlyList<string> Differences(JobInputs one, JobInputs other)
    {
        var differences = new List<string>();
        if (one.Video != other.Video)
            differences.Add("video");
        if (one.Mask != other.Mask || one.MaskKind != other.MaskKind)
            differences.Add("mask");
        if (!one.Marks.SequenceEqual(other.Marks))
            differences.Add("marks");
        if (one.Until != other.Until)
            differences.Add("last stage");
        if (one.ProtectBackground != other.ProtectBackground)
            differences.Add("protected background");
        if (one.ProtectForeground != other.ProtectForeground)
            differences.Add("protected object");
        if (ToRequest(one).Settings != ToRequest(other).Settings)
            differences.Add("settings");
        return differences;
    }

    public static StageKind ToKind(JobStage stage) => (StageKind)stage;

    public static JobStage ToStage(StageKind kind) => (JobStage)kind;

    public static StageResult ToResult(StageOutcome outcome) => new(
        outcome.Key,
        outcome.Artifacts.ToDictionary(pair => pair.Key, pair => ArtifactId.Parse(pair.Value)),
        outcome.Metrics,
        outcome.Seconds)
    {
        Facts = outcome.Facts,
        Notes = outcome.Notes,
    };

    public static StageOutcome ToOutcome(StageResult result, bool reused) => new()
    {
        Key = result.Key,
        Artifacts = result.Artifacts.ToDictionary(pair => pair.Key, pair => pair.Value.Value),
        Metrics = result.Metrics.ToDictionary(),
        Facts = result.Facts.ToDictionary(),
        Notes = [.. result.Notes],
        Seconds = result.Seconds,
        Reused = reused,
    };

    /// <summary>In the order of their frames, whatever order they are given in.</summary>
    private static IReadOnlyList<ObjectMark> ReadMarks(JobRequest request, List<string> errors)
    {
        if (request.Marks is not { Count: > 0 })
            return [];
        var given = request.Marks.OrderBy(mark => mark.Frame).ToList();
        if (given.Count > MostMarks)
            errors.Add($"{given.Count} frames are marked; at most {MostMarks} may be. Give a mask video instead.");
        if (request.Mask is not null)
            errors.Add("A mask and marked frames were given. Give one or the other.");
        if (given.FirstOrDefault(mark => mark.Frame < 0) is { } negative)
            errors.Add($"Frame {negative.Frame} is marked, but frames are numbered from 0.");
        foreach (var twice in given.GroupBy(mark => mark.Frame).Where(marks => marks.Count() > 1))
            errors.Add($"Frame {twice.Key} is marked more than once. Mark it once.");
        var marks = given.Select(mark => (mark.Frame, Mask: ReadMask($"Mark of frame {mark.Frame}", mark.Mask, errors))).ToList();
        return [.. marks.Where(mark => mark.Mask is not null).Select(mark => new ObjectMark(mark.Frame, mark.Mask!.Value))];
    }

    private static ArtifactId? ReadMask(string what, string? id, List<string> errors)
    {
        if (id is null)
            return null;
        if (ArtifactId.TryParse(id, out var parsed))
            return parsed;
        errors.Add($"{what} '{id}' is not an artifact id. Upload the mask first and use the id it was given.");
        return null;
    }

    private static EditSettings? ReadSettings(string json, List<string> errors)
    {
        try
        {
            var settings = JsonSerializer.Deserialize<EditSettings>(json, EditJson.Options);
            if (settings is null)
                errors.Add("The settings are missing. Give a JSON object.");
            else
                errors.AddRange(settings.Validate());
            return settings;
        }
        catch (JsonException exception)
        {
            errors.Add($"The settings can not be read: {exception.Message}");
            return null;
        }
    }
}
