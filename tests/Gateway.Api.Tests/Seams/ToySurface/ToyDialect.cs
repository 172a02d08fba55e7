using System.Text.Json;
using Gateway.Api.Http;

namespace Gateway.Api.Tests.Seams.ToySurface;

internal sealed class ToyDialect : Dialect
{
    public static readonly ToyDialect Instance = new();

    public override FinishedAnswer Answer(ApiError error) =>
        new(error.Status, "application/json", JsonSerializer.SerializeToUtf8Bytes(new { oops = error.OneLine }));
}
