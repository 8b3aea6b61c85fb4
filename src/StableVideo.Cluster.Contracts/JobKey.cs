namespace StableVideo.Cluster;

/// <summary>Names a job in the whole cluster: ids are a tenant's own.</summary>
/// <param name="Tenant">Whose job it is.</param>
/// <param name="Id">Its id.</param>
public readonly record struct JobKey(string Tenant, string Id)
{
    /// <summary>The tenant of those who name none, as on a laptop.</summary>
    public const string DefaultTenant = "default";

    /// <summary>The tenant and the id in a grain key: <c>tenant/id</c>, or only the id for <see cref="DefaultTenant"/>.</summary>
    public static JobKey Parse(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        var slash = key.IndexOf('/', StringComparison.Ordinal);
        return slash < 0 ? new JobKey(DefaultTenant, key) : new JobKey(key[..slash], key[(slash + 1)..]);
    }

    /// <summary>The grain key.</summary>
    public override string ToString() => Tenant == DefaultTenant ? Id : $"{Tenant}/{Id}";

    /// <summary>Rules that the key breaks, one sentence each.</summary>
    public IReadOnlyList<string> Validate()
    {
        var errors = new List<string>();
        if (!IsName(Tenant, 64))
            errors.Add($"'{Tenant}' is not a tenant. Use 1 to 64 ASCII letters, digits, '.', '_' or '-', starting with a letter or digit.");
        if (!IsName(Id, 128))
            errors.Add($"'{Id}' is not a job id. Use 1 to 128 ASCII letters, digits, '.', '_' or '-', starting with a letter or digit.");
        return errors;
    }

    /// <summary>Whether <paramref name="text"/> is 1 to <paramref name="longest"/> ASCII letters, digits, '.', '_' or '-' and starts with a letter or digit.</summary>
    public static bool IsName(string text, int longest) => text is { Length: > 0 }
        && text.Length <= longest
        && char.IsAsciiLetterOrDigit(text[0])
        && text.All(character => char.IsAsciiLetterOrDigit(character) || character is '.' or '_' or '-');
}
