using StableVideo.Cli.Failures;
using StableVideo.Cli.Parsing;

namespace StableVideo.Cli.Jobs;

/// <summary>What is checked before anything is read or written, so that a typing error costs nothing and leaves nothing behind.</summary>
public static class Preconditions
{
    /// <summary>Checks a job's arguments against themselves, the file system and the machine.</summary>
    /// <exception cref="CommandException">The first group of problems found.</exception>
    public static void Check(JobArguments arguments)
    {
        var broken = arguments.Settings.Validate();
        if (broken.Count > 0) throw CommandException.BadInput(string.Join(" ", broken));
        if (arguments.Output is { } output) CheckOutput(arguments.Input, output);
        CheckWritable(arguments.Folder);
        CheckWritable(arguments.Store);
        Machine.RequireFfmpeg();
    }

    private static void CheckOutput(string input, string output)
    {
        if (!Path.GetExtension(output).Equals(".mp4", StringComparison.OrdinalIgnoreCase))
            throw CommandException.BadInput($"The output {output} does not end in .mp4. The edited video is an mp4 file: name it so.");
        if (Directory.Exists(output)) throw CommandException.BadInput($"The output {output} is a folder. Name a file in it, such as {Path.Combine(output, "edited.mp4")}.");
        if (Path.GetFullPath(input) == output) throw CommandException.BadInput($"The output {output} is the clip itself. Name another file.");
        CheckWritable(Path.GetDirectoryName(output)!);
    }

    /// <summary>Tries to write where <paramref name="folder"/> is, or would be made, and leaves nothing there.</summary>
    /// <exception cref="CommandException">It can not be written.</exception>
    public static void CheckWritable(string folder)
    {
        var existing = folder;
        while (!Directory.Exists(existing))
        {
            if (File.Exists(existing)) throw CommandException.BadInput($"The folder {folder} can not be made because {existing} is a file. Choose another place.");
            existing = Path.GetDirectoryName(existing)!;
        }

        try
        {
            using var probe = new FileStream(
                Path.Combine(existing, $".stablevideo-{Guid.NewGuid():N}"), FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw CommandException.BadInput($"The folder {existing} can not be written. Choose another place or change its permissions.", exception);
        }
    }
}
