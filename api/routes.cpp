// Which paths are there, who may call them, and how much may they send?
#include "api/routes.hpp"

#include "api/handlers.hpp"

#include <array>

namespace rdpmedic::api {
namespace {

constexpr auto get = Method::get;
constexpr auto post = Method::post;
constexpr auto del = Method::del;
constexpr auto none = Permission::none;
constexpr auto read = Permission::read;
constexpr auto repair = Permission::repair;
constexpr std::size_t order_size = 16 * 1024;

// No path matches two rows but /repair/jobs, which is not the parameter of /repair/{name}.
constexpr std::array table{
    Route{get, "/", none, 0, &get_index, "this list"},
    Route{get, "/livez", none, 0, &get_livez, "200 while the server answers"},
    Route{get, "/readyz", none, 0, &get_readyz, "200 once every probe has reported, else 503"},
    Route{get, "/health", read, 0, &get_health, "the host; 503 when something fails; ?format=nagios"},
    Route{get, "/health/{probe}", read, 0, &get_probe_health, "one probe"},
    Route{get, "/metrics", read, 0, &get_metrics, "the same for Prometheus"},
    Route{get, "/diagnose", read, 0, &get_diagnose, "?code=0x904&extended=0x7: the causes, ranked for this host"},
    Route{get, "/repair", read, 0, &get_repairs, "the repairs, and which are called for"},
    Route{get, "/repair/{name}", read, 0, &get_repair, "what the repair would do now"},
    Route{post, "/repair/{name}", repair, order_size, &post_repair, "carry it out"},
    Route{get, "/repair/jobs", read, 0, &get_jobs, "the jobs, newest first; ?limit=50"},
    Route{get, "/repair/jobs/{id}", read, 0, &get_job, "how far a repair is, and how it ended"},
    Route{del, "/repair/jobs/{id}", repair, 0, &delete_job, "end it before its next step and take it back"},
    Route{post, "/repair/jobs/{id}/rollback", repair, order_size, &post_rollback, "take a finished repair back"},
    Route{get, "/events", read, 0, &get_events, "what happens, as it happens (server-sent events); ?job=ID"},
    Route{get, "/history", read, 0, &get_history, "findings that came and went, newest first; ?limit=100"},
    Route{get, "/audit", repair, 0, &get_audit, "who had what done, newest first; ?limit=100"},
};

constexpr Permission needed(Method method, std::string_view path) {
    const Found found = find_route(table, method, path);
    return found.route == nullptr ? Permission::repair : found.route->needs;
}

static_assert(find_route(table, get, "/health").status == 200);
static_assert(find_route(table, Method::head, "/health").status == 200);
static_assert(find_route(table, get, "/health/cert").parameter == "cert");
static_assert(find_route(table, get, "/health/").status == 404);
static_assert(find_route(table, get, "/health/cert/x").status == 404);
static_assert(find_route(table, get, "/healthy").status == 404);
static_assert(find_route(table, get, "").status == 404);
static_assert(find_route(table, get, "/repair/jobs/7").parameter == "7");
static_assert(find_route(table, get, "/repair/jobs").route->handle == &get_jobs);
static_assert(find_route(table, post, "/repair/jobs").status == 405);
static_assert(find_route(table, get, "/repair/jobs/").status == 404);
static_assert(find_route(table, post, "/repair/jobs/7/rollback").parameter == "7");
static_assert(find_route(table, get, "/repair/jobs/7/rollback").status == 405);
static_assert(find_route(table, post, "/repair/jobs//rollback").status == 404);
static_assert(find_route(table, post, "/repair/jobs/7/8/rollback").status == 404);
static_assert(find_route(table, del, "/repair/jobs/rollback").parameter == "rollback");
static_assert(find_route(table, post, "/health").status == 405);
static_assert(find_route(table, post, "/health").allows_get && !find_route(table, post, "/health").allows_post);
static_assert(find_route(table, Method::other, "/repair/cert").allows_post);
static_assert(needed(get, "/livez") == none && needed(get, "/readyz") == none);
static_assert(needed(get, "/health") == read && needed(get, "/health/cert") == read && needed(get, "/metrics") == read);
static_assert(needed(get, "/diagnose") == read && find_route(table, post, "/diagnose").status == 405);
static_assert(needed(get, "/repair/cert") == read && needed(get, "/repair/jobs/7") == read);
static_assert(needed(get, "/repair/jobs") == read && needed(get, "/events") == read && needed(get, "/history") == read);
static_assert(needed(post, "/repair/cert") == repair && needed(get, "/audit") == repair);

constexpr bool only_posts_take_bodies_and_what_changes_needs_repair() {
    for (const Route& route : table)
        if ((route.method == post) != (route.body_limit > 0) || (route.method != get && route.needs != repair))
            return false;
    return true;
}
static_assert(only_posts_take_bodies_and_what_changes_needs_repair());

} // namespace

std::span<const Route> routes() noexcept { return table; }

} // namespace rdpmedic::api
