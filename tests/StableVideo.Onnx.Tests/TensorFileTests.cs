namespace StableVideo.Onnx.Tests;

public sealed class TensorFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Reads_every_number_type_and_the_metadata()
    {
        var path = new SafetensorsWriter()
            .Add<byte>("odd", "U8", [3], 1, 2, 255)
            .Add<float>("f32", "F32", [2, 2], 1.5f, -2, 0, 3e-20f)
            .Add<Half>("f16", "F16", [2], (Half)0.333f, (Half)(-65504f))
            .Add<ushort>("bf16", "BF16", [2], 0x3FC0, 0xC000)
            .Add<double>("f64", "F64", [1], 0.1)
            .Add<long>("i64", "I64", [2], -7, 1L << 40)
            .Add<int>("i32", "I32", [], -9)
            .Write(_folder.File("all.safetensors"));
        using var file = TensorFile.Open(path);

        Assert.Equal([1f, 2f, 255f], file.ReadFloats("odd").Data);
        Assert.Equal([1.5f, -2f, 0f, 3e-20f], file.ReadFloats("f32").Data);
        Assert.Equal([2, 2], file.ReadFloats("f32").Shape);
        Assert.Equal([(float)(Half)0.333f, -65504f], file.ReadFloats("f16").Data);
        Assert.Equal([1.5f, -2f], file.ReadFloats("bf16").Data);
        Assert.Equal([0.1f], file.ReadFloats("f64").Data);
        Assert.Equal([-7L, 1L << 40], file.ReadLongs("i64").Data);
        Assert.Equal([-9L], file.ReadLongs("i32").Data);
        Assert.Empty(file.ReadLongs("i32").Shape);
        Assert.Equal(TensorElement.BFloat16, file["bf16"].Element);
    }

    [Fact]
    public void A_missing_tensor_and_a_wrong_type_are_named()
    {
        var path = new SafetensorsWriter().Add<float>("a", "F32", [1], 1).Write(_folder.File("a.safetensors"));
        using var file = TensorFile.Open(path);

        Assert.Equal($"{path} has no tensor 'b'.", Assert.Throws<TensorFileException>(() => file["b"]).Message);
        Assert.Equal($"{path}: tensor 'a' holds Float32, not integers.", Assert.Throws<TensorFileException>(() => file.ReadLongs("a")).Message);
    }

    [Theory]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 4, "is truncated: tensor 'a' ends at byte 8 of the data but only 4 are there.")]
    [InlineData(
        """{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[2,6]}}""", 8, ": tensors 'a' and 'b' overlap.")]
    [InlineData("""{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""", 8, ": tensor 'a' of shape [3] and type F32 does not fill its 8 bytes.")]
    [InlineData("""{"a":{"dtype":"F4","shape":[1],"data_offsets":[0,4]}}""", 4, ": tensor 'a' has element type F4, which is not supported.")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}""", 4, ": tensor 'a' has the impossible shape [-1].")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}""", 4, ": tensor 'a' has the impossible data_offsets [4,0].")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2000000000,2000000000,2000000000],"data_offsets":[0,4]}}""", 4, "does not fill its 4 bytes.")]
    [InlineData("""{"a":{"shape":[1],"data_offsets":[0,4]}}""", 4, ": tensor 'a' lacks dtype, shape or data_offsets.")]
    [InlineData("""{"a":3}""", 4, ": tensor 'a' lacks dtype, shape or data_offsets.")]
    [InlineData(
        """{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, " lists tensor 'a' twice.")]
    [InlineData("""{"a":{"dtype":"F32","shape":"no","data_offsets":[0,4]}}""", 4, " is not a safetensors file: its header is not valid")]
    [InlineData("[1]", 4, " is not a safetensors file: its header is not valid")]
    [InlineData("{\"a\"", 4, " is not a safetensors file: its header is not valid")]
    public void A_broken_header_is_explained(string header, int dataBytes, string message)
    {
        var path = _folder.File("broken.safetensors");
        SafetensorsWriter.WriteRaw(path, header, new byte[dataBytes]);

        var error = Assert.Throws<TensorFileException>(() => TensorFile.Open(path));

        Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Files_that_are_no_safetensors_at_all_are_refused()
    {
        var path = _folder.File("x.safetensors");

        Assert.Equal($"There is no file {path}.", Assert.Throws<TensorFileException>(() => TensorFile.Open(path)).Message);
        File.WriteAllBytes(path, [1, 2, 3]);
        Assert.Equal($"{path} is not a safetensors file: it has only 3 bytes.", Assert.Throws<TensorFileException>(() => TensorFile.Open(path)).Message);
        File.WriteAllText(path, "version https://git-lfs.github.com/spec/v1");
        Assert.Contains("is not a safetensors file: its header would be", Assert.Throws<TensorFileException>(() => TensorFile.Open(path)).Message, StringComparison.Ordinal);
        File.WriteAllBytes(path, [100, 0, 0, 0, 0, 0, 0, 0, 1, 2]);
        Assert.Equal(
            $"{path} is truncated: its header is 100 bytes long but only 2 follow.", Assert.Throws<TensorFileException>(() => TensorFile.Open(path)).Message);
    }
}
