using Gateway.Api.Http;
using Gateway.Model.Kinds;

namespace Gateway.Api.Surfaces;

/// <summary>Reads the name of a lane in an operator's request.</summary>
internal static class LaneFilter
{
    public static string Read(JsonObjectReader.Field field, byte[] body) =>
        field.Text(body, Work.MaxLaneLength) is var lane && Work.IsLane(lane)
        ? lane
        : throw new ApiException(
            ApiError.Field(field.Name, "must be a lane as GET /v1/admin/queue shows it, such as video|*|MiniMax-Hailuo-02"));
}
