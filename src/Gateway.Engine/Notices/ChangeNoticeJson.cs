using System.Text.Json.Serialization;

namespace Gateway.Engine.Notices;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(ChangeNotice))]
internal sealed partial class ChangeNoticeJson : JsonSerializerContext;
