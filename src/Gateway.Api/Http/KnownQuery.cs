using Gateway.Model;

namespace Gateway.Api.Http;

/// <summary>
/// Refuses query parameters that a path of the gateway's own does not take, like fields of a body: a filter that is misspelt would
/// otherwise be no filter. Other surfaces take what their vendor's would.
/// </summary>
internal static class KnownQuery
{
    private const int MostShown = 64;

    extension<TBuilder>(TBuilder routes) where TBuilder : IEndpointConventionBuilder
    {
        /// <summary>The query parameters of the route; without this it takes none.</summary>
        public TBuilder Takes(params string[] parameters) => routes.WithMetadata(new Parameters(parameters));
    }

    public static Task CheckAsync(HttpContext context, RequestDelegate next)
    {
        if (context.Request.QueryString.HasValue
            && context.GetEndpoint()?.Metadata is { } metadata
            && metadata.GetMetadata<Dialect>() is ProblemDialect)
            Check(context.Request.Query, metadata.GetMetadata<Parameters>()?.Names ?? []);
        return next(context);
    }

    private static void Check(IQueryCollection query, string[] known)
    {
        var faults = new FieldFaults();
        foreach (var name in query.Keys)
            if (name.Length > 0 && !known.Contains(name, StringComparer.OrdinalIgnoreCase)) faults.Add(Shown(name), Rule(name, known));
        faults.ThrowIfAny();
    }

    private static string Rule(string name, string[] known) => known.Length == 0
        ? "is no parameter here: this path takes none"
        : $"is no parameter here; the parameters are {string.Join(", ", known)}.{NearName.Question(name, known)}".TrimEnd('.');

    private static string Shown(string name) => name.Length <= MostShown ? name : name[..MostShown] + "…";

    /// <summary>What a route takes.</summary>
    internal sealed record Parameters(string[] Names);
}
