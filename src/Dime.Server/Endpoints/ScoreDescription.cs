using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Dime.Server.Endpoints;

/// <summary>What the OpenAPI document says of the body of <c>POST /v1/score</c>, which is read by hand.</summary>
internal static class ScoreDescription
{
    public static Task Add(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancelled)
    {
        OpenApiSchema file = new() { Type = JsonSchemaType.String, Format = "binary" };
        OpenApiSchema text = new() { Type = JsonSchemaType.String };
        OpenApiSchema embedding = new() { Type = JsonSchemaType.Array, Items = new OpenApiSchema { Type = JsonSchemaType.Number } };
        Dictionary<string, OpenApiMediaType> content = new()
        {
            ["application/json"] = Of(new OpenApiSchema
            {
                Type = JsonSchemaType.Object,
                Description = "Either 'embedding', with 'id' or without, or 'embeddings', with 'ids' or without. Numbers that are not finite are \"NaN\", \"Infinity\" and \"-Infinity\".",
                Properties = new Dictionary<string, IOpenApiSchema>
                {
                    ["embedding"] = embedding,
                    ["id"] = text,
                    ["embeddings"] = new OpenApiSchema { Type = JsonSchemaType.Array, Items = embedding },
                    ["ids"] = new OpenApiSchema { Type = JsonSchemaType.Array, Items = text },
                },
            }),
            ["multipart/form-data"] = Of(new OpenApiSchema
            {
                Type = JsonSchemaType.Object,
                Description = "An image in each part; its file name becomes the id.",
                AdditionalProperties = file,
            }),
            ["image/jpeg"] = Of(file),
            ["image/png"] = Of(file),
            ["image/webp"] = Of(file),
        };
        operation.RequestBody = new OpenApiRequestBody { Required = true, Content = content };
        (operation.Parameters ??= []).Add(new OpenApiParameter
        {
            Name = "outputs",
            In = ParameterLocation.Query,
            Description = "Whether the network's own outputs are wanted.",
            Schema = new OpenApiSchema { Type = JsonSchemaType.Boolean },
        });
        operation.Parameters.Add(new OpenApiParameter { Name = "id", In = ParameterLocation.Query, Description = "What the one image of the body is called.", Schema = text });
        return Task.CompletedTask;
    }

    private static OpenApiMediaType Of(OpenApiSchema schema) => new() { Schema = schema };
}
