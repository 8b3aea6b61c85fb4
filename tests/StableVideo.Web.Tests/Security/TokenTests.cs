using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;
using StableVideo.Web.Security;

namespace StableVideo.Tests.Web.Security;

/// <summary>Tokens of an issuer whose keys are known from its discovery document.</summary>
public sealed class TokenTests(TokenTests.Issuer issuer) : IClassFixture<TokenTests.Issuer>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_token_opens_what_its_scopes_allow_in_its_tenant()
    {
        Assert.Equal(HttpStatusCode.OK, await AskAsync("/v1/queue", issuer.Token("ada", "queue:read jobs:read")));
        Assert.Equal(HttpStatusCode.Forbidden, await AskAsync("/v1/videos", issuer.Token("ada", "queue:read jobs:read")));
        Assert.Equal(HttpStatusCode.OK, await AskAsync("/v1/queue", (await new KeyStore(issuer.Server.Stores.System, TimeProvider.System).AddAsync("ada", "test", Scopes.All, cancellationToken: Cancel)).Key.Reveal()));
    }

    [Fact]
    public async Task A_token_that_does_not_count_opens_nothing()
    {
        using var forger = RSA.Create(2048);
        string[] tokens =
        [
            issuer.Token("ada", "queue:read", audience: "somebody else"),
            issuer.Token("ada", "queue:read", from: "https://elsewhere.example"),
            issuer.Token("ada", "queue:read", expires: DateTime.UtcNow.AddMinutes(-5)),
            issuer.Token("ada", "queue:read", key: new RsaSecurityKey(forger)),
            issuer.Token(null, "queue:read"),
            issuer.Token("../ada", "queue:read"),
            Unsigned(issuer.Token("ada", "queue:read")),
            "a.b.c",
        ];
        foreach (var token in tokens)
            Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync("/v1/queue", token));
    }

    [Theory]
    [InlineData("https://issuer.example", null, "Keys", "Audience")]
    [InlineData("http://issuer.example", "stablevideo", "Keys", "https")]
    [InlineData("https://issuer.example", "stablevideo", "None", "Auth:Mode")]
    public void Settings_that_let_in_too_much_are_refused(string authority, string? audience, string mode, string words)
    {
        var result = new AuthSettingsRules().Validate(null, new AuthSettings { Mode = Enum.Parse<AuthMode>(mode), Jwt = new JwtSettings { Authority = authority, Audience = audience } });

        Assert.Contains(words, result.FailureMessage, StringComparison.Ordinal);
    }

    /// <summary>The same words, said to be signed by nothing.</summary>
    private static string Unsigned(string token) => $"{Base64UrlEncoder.Encode("{\"alg\":\"none\",\"typ\":\"JWT\"}")}.{token.Split('.')[1]}.";

    private async Task<HttpStatusCode> AskAsync(string path, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", token) } };
        using var answer = await issuer.Server.Client.SendAsync(request, Cancel);
        return answer.StatusCode;
    }

    public sealed class Issuer : IAsyncLifetime
    {
        private const string Address = "https://issuer.example";
        private readonly RSA _rsa = RSA.Create(2048);

        internal WebServer Server { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            var discovered = new OpenIdConnectConfiguration { Issuer = Address, SigningKeys = { new RsaSecurityKey(_rsa) { KeyId = "1" } } };
            Server = await WebServer.StartAsync(
                new() { ["Auth:Mode"] = "Keys", ["Auth:Jwt:Authority"] = Address, ["Auth:Jwt:Audience"] = "stablevideo" },
                services => services.Configure<JwtBearerOptions>(JwtBearerDefaults.AuthenticationScheme, options => options.ConfigurationManager = new StaticConfigurationManager<OpenIdConnectConfiguration>(discovered)));
        }

        public async ValueTask DisposeAsync()
        {
            await Server.DisposeAsync();
            _rsa.Dispose();
        }

        public string Token(string? tenant, string scopes, string audience = "stablevideo", string from = Address, DateTime? expires = null, RsaSecurityKey? key = null)
        {
            var claims = new Dictionary<string, object> { ["sub"] = "somebody", ["scope"] = scopes };
            if (tenant is not null)
                claims["tenant"] = tenant;
            return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
            {
                Issuer = from,
                Audience = audience,
                Expires = expires ?? DateTime.UtcNow.AddMinutes(5),
                Claims = claims,
                SigningCredentials = new SigningCredentials(key ?? new RsaSecurityKey(_rsa) { KeyId = "1" }, SecurityAlgorithms.RsaSha256),
            });
        }
    }
}
