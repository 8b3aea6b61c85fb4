using System.Reflection;
using Orleans.CodeGeneration;

namespace StableVideo.Tests.Cluster;

/// <summary>What silos of two versions of the program rely on while one replaces the other.</summary>
public sealed class ContractTests
{
    private static readonly Assembly Contracts = typeof(IVideoJobGrain).Assembly;

    public static TheoryData<Type> Interfaces => [.. Contracts.GetExportedTypes().Where(type => type.IsInterface && type.IsAssignableTo(typeof(IGrain)))];

    public static TheoryData<Type> Messages => [.. Contracts.GetExportedTypes().Where(type => type.GetCustomAttribute<GenerateSerializerAttribute>() is not null && type.Namespace == typeof(IVideoJobGrain).Namespace)];

    [Theory]
    [MemberData(nameof(Interfaces))]
    public void A_grain_interface_has_a_version_and_names_that_do_not_follow_the_code(Type type)
    {
        Assert.NotNull(type.GetCustomAttribute<VersionAttribute>());
        Assert.NotNull(type.GetCustomAttribute<AliasAttribute>());
        Assert.All(type.GetMethods(), method => Assert.NotNull(method.GetCustomAttribute<AliasAttribute>()));
    }

    [Theory]
    [MemberData(nameof(Messages))]
    public void A_message_has_a_name_and_numbers_that_do_not_follow_the_code(Type type)
    {
        Assert.NotNull(type.GetCustomAttribute<AliasAttribute>());
        if (type.IsEnum || type.IsAssignableTo(typeof(Exception)))
            return;
        var ids = type.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
            .Where(property => property.CanWrite)
            .Select(property => Assert.IsType<IdAttribute>(property.GetCustomAttribute<IdAttribute>()).Id)
            .ToList();
        Assert.Equal(ids.Count, ids.Distinct().Count());
    }
}
