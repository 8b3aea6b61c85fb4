namespace StableVideo.Diffusion.Tests.Models;

public sealed class ModelCatalogueTests : IDisposable
{
    private readonly TinyModel _tiny = new();
    private readonly string _shelf = Directory.CreateTempSubdirectory("models-").FullName;

    public void Dispose()
    {
        _tiny.Dispose();
        Directory.Delete(_shelf, recursive: true);
    }

    [Fact]
    public void Finds_a_model_by_name_and_by_path()
    {
        var named = Path.Combine(_shelf, "embedded");
        Directory.CreateSymbolicLink(named, _tiny.Path);
        var catalogue = new ModelCatalogue(_shelf);

        Assert.Equal(named, catalogue.Resolve(ModelCatalogue.Embedded));
        Assert.Equal(_tiny.Path, catalogue.Resolve(_tiny.Path));
        Assert.Equal("tiny", Assert.Single(catalogue.List()).Name);
    }

    [Fact]
    public void A_name_that_is_not_there_is_refused_with_the_places_looked_at()
    {
        var error = Assert.Throws<ModelException>(() => new ModelCatalogue(_shelf).Resolve("dreams"));
        Assert.StartsWith($"There is no model \"dreams\": not in {_shelf}, ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_path_that_is_not_there_is_refused()
    {
        var path = Path.Combine(_shelf, "far", "away");

        var error = Assert.Throws<ModelException>(() => new ModelCatalogue(_shelf).Resolve(path));
        Assert.Equal($"The model folder {path} does not exist. Give a Stable Diffusion 1.x folder in diffusers layout.", error.Message);
    }

    [Fact]
    public void A_folder_without_an_index_is_not_listed()
    {
        Directory.CreateDirectory(Path.Combine(_shelf, "training"));

        Assert.Empty(new ModelCatalogue(_shelf).List());
    }
}
