using StableVideo.Cli.Failures;
using StableVideo.Diffusion;
using StableVideo.Editing;
using StableVideo.Imaging;
using StableVideo.Storage;

namespace StableVideo.Cli.Tests;

public sealed class FailureMapTests
{
    public static TheoryData<Exception, int, string> Table => new()
    {
        { new CommandException(ExitCode.JobFailed, "as it is"), ExitCode.JobFailed, "as it is" },
        { new EditException("bad settings"), ExitCode.BadInput, "bad settings" },
        { new MediaException("bad clip"), ExitCode.BadInput, "bad clip" },
        { new ModelException("bad model"), ExitCode.Model, "bad model" },
        {
            new TypeInitializationException("OpenCvSharp.NativeMethods", new DllNotFoundException("libgtk-3.so.0: cannot open\nmore")),
            ExitCode.Environment,
            "A system library could not be loaded: libgtk-3.so.0: cannot open. Run \"stablevideo doctor\" to see what is missing."
        },
        { new IOException("No space left on device"), ExitCode.Environment, "No space left on device" },
        {
            new StoreUnavailableException("The disk of the store folder /s", "is full"), ExitCode.Environment, "The disk of the store folder /s is full."
        },
        { new InvalidDataException("Document 'a' can not be read."), ExitCode.Environment, "Document 'a' can not be read." },
        { new InvalidOperationException("odd"), ExitCode.Unexpected, "InvalidOperationException: odd (run again with --verbose for details)" },
    };

    [Theory]
    [MemberData(nameof(Table))]
    public void An_exception_becomes_a_code_and_a_line(Exception exception, int code, string message)
    {
        var failure = FailureMap.Of(exception);
        Assert.Equal((code, message), (failure.Code, failure.Message));
    }

    [Fact]
    public void After_a_cancellation_everything_is_a_consequence()
    {
        var failure = FailureMap.Of(new IOException("broken pipe"), cancelled: true);
        Assert.Equal((ExitCode.Cancelled, "Cancelled. Run the same command again to continue."), (failure.Code, failure.Message));
    }
}
