"""What is said of a run that ended for a reason of ours and not of its platform."""

from schema.errors import Problem


def stopped(region: str) -> Problem:
    """Somebody stopped it."""
    return Problem(
        "PULL_STOPPED",
        region,
        zh="拉取被中止",
        en="the pull was stopped",
        remedy_zh="已存数据完好，再次拉取即从中断处继续",
        remedy_en="what was stored is whole; pull again to go on from there",
    )


def already_running(job: str) -> Problem:
    """Another process holds the job."""
    return Problem(
        "ALREADY_RUNNING",
        job,
        zh="该地区正在拉取",
        en="this region is being pulled already",
        remedy_zh="等待其结束，或用 stopPull 停止",
        remedy_en="wait for it to end, or stop it with stopPull",
    )


def database_lost(region: str, error: Exception) -> Problem:
    """The database went away."""
    return Problem(
        "DATABASE_LOST",
        region,
        value=type(error).__name__,
        zh="数据库连接中断，本次未存的部分已放弃，下次运行自动续上",
        en="the connection to the database was lost; what was not stored is given up, the next run goes on from there",
        remedy_zh="检查数据库是否运行、网络是否通畅",
        remedy_en="see whether the database runs and can be reached",
    )


def defect(region: str, error: Exception) -> Problem:
    """Our own code failed; what it said stands in the log and not here, as it may hold what a platform sent."""
    return Problem(
        "PULL_DEFECT",
        region,
        value=type(error).__name__,
        zh="程序缺陷使该地区的拉取中断，其他地区不受影响",
        en="a defect of ours ended this region's pull; the others went on",
        remedy_zh="请把日志交给维护人员",
        remedy_en="hand the log to whoever maintains the hub",
    )


def not_configured(slug: str) -> Problem:
    """The region's platform has no address."""
    return Problem(
        "PLATFORM_NOT_CONFIGURED",
        f"DEXHUB_PLATFORMS__{slug.upper()}__URL",
        zh="未配置该省平台的地址",
        en="no address is configured for this region's platform",
        remedy_zh="在 dexhub.toml 的 [platforms] 中或以环境变量设置 url、key_id、secret_file",
        remedy_en="set url, key_id and secret_file in dexhub.toml under [platforms], or in the environment",
    )
