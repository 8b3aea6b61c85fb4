namespace StableVideo.Onnx.Tests;

public sealed class FloatTensorTests
{
    [Fact]
    public void Shapes_must_fit_the_data()
    {
        Assert.Equal(
            "5 elements do not fill a tensor of shape [2,3].", Assert.Throws<ArgumentException>(() => new FloatTensor(new float[5], 2, 3)).Message.Split(" (")[0]);
        Assert.Throws<ArgumentException>(() => new FloatTensor(2, -1));
        Assert.Throws<ArgumentException>(() => new FloatTensor(100_000, 100_000));
        Assert.Equal(1, new FloatTensor([7], []).Length);
        Assert.Equal("float [2,3]", new FloatTensor(2, 3).ToString());
    }

    [Fact]
    public void Rows_and_reshapes_share_the_data_and_clones_do_not()
    {
        var tensor = new FloatTensor([1, 2, 3, 4], 2, 2);
        var copy = tensor.Clone();
        tensor.Row(1)[0] = 9;

        Assert.Equal(9, tensor.Reshape(4).Data[2]);
        Assert.Equal(3, copy.Data[2]);
        Assert.Throws<ArgumentOutOfRangeException>(() => tensor.Row(2));
    }

    [Fact]
    public void Concat_joins_batches()
    {
        var joined = FloatTensor.Concat(new FloatTensor([1, 2], 1, 2), new FloatTensor([3, 4, 5, 6], 2, 2));

        Assert.Equal([3, 2], joined.Shape);
        Assert.Equal([1, 2, 3, 4, 5, 6], joined.Data);
        Assert.Throws<ArgumentException>(() => FloatTensor.Concat(new FloatTensor(1, 2), new FloatTensor(1, 3)));
        Assert.Throws<ArgumentException>(() => FloatTensor.Concat());
    }
}
