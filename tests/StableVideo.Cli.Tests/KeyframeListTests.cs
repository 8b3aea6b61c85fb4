using StableVideo.Cli.Parsing;

namespace StableVideo.Cli.Tests;

public sealed class KeyframeListTests
{
    [Theory]
    [InlineData("0,20,40", new[] { 0, 20, 40 })]
    [InlineData(" 7 ", new[] { 7 })]
    [InlineData("40, 0 ,20", new[] { 40, 0, 20 })]
    public void Frame_numbers_keep_their_order(string text, int[] expected)
    {
        Assert.True(KeyframeList.TryParse(text, out var keyframes, out var error), error);
        Assert.Equal(expected, keyframes);
    }

    [Theory]
    [InlineData("auto")]
    [InlineData("AUTO ")]
    public void Auto_leaves_the_choice_open(string text)
    {
        Assert.True(KeyframeList.TryParse(text, out var keyframes, out _));
        Assert.Null(keyframes);
    }

    [Theory]
    [InlineData("", "--keyframes: \"\" is not a frame number. Give auto or frame numbers counted from 0, such as 0,20,40.")]
    [InlineData("1,,2", "--keyframes: \"\" is not a frame number. Give auto or frame numbers counted from 0, such as 0,20,40.")]
    [InlineData("3,-1", "--keyframes: \"-1\" is not a frame number. Give auto or frame numbers counted from 0, such as 0,20,40.")]
    [InlineData("1.5", "--keyframes: \"1.5\" is not a frame number. Give auto or frame numbers counted from 0, such as 0,20,40.")]
    [InlineData("99999999999", "--keyframes: \"99999999999\" is not a frame number. Give auto or frame numbers counted from 0, such as 0,20,40.")]
    [InlineData("5,6,5", "--keyframes: frame 5 is listed twice. Give each frame once.")]
    public void Anything_else_is_refused_by_name(string text, string message)
    {
        Assert.False(KeyframeList.TryParse(text, out _, out var error));
        Assert.Equal(message, error);
    }
}
