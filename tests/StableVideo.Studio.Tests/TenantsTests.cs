using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace StableVideo.Tests.Studio;

public sealed partial class TenantsTests(KeyedStudio studio) : IClassFixture<KeyedStudio>
{
    [Fact]
    public async Task Two_people_sign_in_and_see_only_their_own()
    {
        var ada = await SignInAsync("ada");
        await Studio.GoAsync(ada, "/new");
        await ada.SetInputFilesAsync("[data-upload] input[type=file]", studio.Clip);
        await ada.WaitForURLAsync(EditAddress());
        var address = ada.Url;
        await Studio.GoAsync(ada, "/new");
        await ada.GetByText("clip.mp4").WaitForAsync();

        var bob = await SignInAsync("bob");
        await Studio.GoAsync(bob, "/new");
        Assert.Equal(0, await bob.GetByText("clip.mp4").CountAsync());
        await Studio.GoAsync(bob, address);
        await bob.GetByText("No such video").WaitForAsync();

        await bob.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        await bob.WaitForURLAsync("**/login");
        await bob.GotoAsync("/queue");
        await bob.GetByLabel("API key").WaitForAsync();
    }

    private async Task<IPage> SignInAsync(string tenant)
    {
        var page = await studio.OpenAsync("/login", wait: false);
        await page.GotoAsync("/queue");
        await page.GetByLabel("API key").FillAsync(await studio.AddKeyAsync(tenant));
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await page.WaitForURLAsync("**/queue");
        return page;
    }

    [GeneratedRegex("/edit/sha256-[0-9a-f]{64}")]
    private static partial Regex EditAddress();
}
