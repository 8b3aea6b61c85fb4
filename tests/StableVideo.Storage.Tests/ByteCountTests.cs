namespace StableVideo.Storage.Tests;

public sealed class ByteCountTests
{
    [Theory]
    [InlineData(0, "0 bytes")]
    [InlineData(1023, "1023 bytes")]
    [InlineData(1536, "1.5 KiB")]
    [InlineData(3L << 30, "3.0 GiB")]
    public void Bytes_are_said_in_a_fitting_unit(long bytes, string words) => Assert.Equal(words, ByteCount.InWords(bytes));
}
