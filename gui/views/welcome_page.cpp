#include "gui/views/welcome_page.h"

#include <QButtonGroup>
#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPainter>
#include <QPushButton>
#include <QVBoxLayout>

#include "gui/session/connection_profile.h"
#include "gui/widgets/card.h"
#include "gui/widgets/icons.h"
#include "gui/widgets/language.h"
#include "gui/widgets/theme.h"

namespace meseta::console {

namespace {

constexpr int columnWidth = 620;
constexpr int shownRecent = 5;

QLabel *plain(QPalette::ColorRole role = QPalette::WindowText)
{
    auto *label = new QLabel;
    label->setTextFormat(Qt::PlainText);
    label->setWordWrap(true);
    label->setForegroundRole(role);
    return label;
}

} // namespace

WelcomePage::WelcomePage(QWidget *parent)
    : QWidget(parent)
    , m_title(plain())
    , m_subtitle(plain(QPalette::PlaceholderText))
    , m_localTitle(plain())
    , m_localText(plain(QPalette::PlaceholderText))
    , m_local(new QPushButton)
    , m_remoteTitle(plain())
    , m_remoteText(plain(QPalette::PlaceholderText))
    , m_address(new QLineEdit)
    , m_connect(new QPushButton)
    , m_problem(plain())
    , m_recentTitle(plain())
    , m_recent(new QVBoxLayout)
{
    setObjectName(QStringLiteral("welcome"));
    m_title->setFont(Theme::titleFont());
    for (QLabel *label : {m_localTitle, m_remoteTitle, m_recentTitle})
        label->setFont(Theme::headingFont());
    m_local->setObjectName(QStringLiteral("startLocal"));
    m_local->setProperty("primary", true);
    setFocusProxy(m_address);
    m_connect->setObjectName(QStringLiteral("connect"));
    m_address->setObjectName(QStringLiteral("address"));
    m_problem->setForegroundRole(QPalette::WindowText);
    m_problem->hide();

    auto *languages = new QHBoxLayout;
    languages->addStretch(1);
    auto *group = new QButtonGroup(this);
    for (const QString &code : Language::codes()) {
        auto *button = new QPushButton(Language::nativeName(code));
        button->setCheckable(true);
        button->setChecked(code == Language::current());
        button->setFlat(true);
        button->setObjectName(QStringLiteral("language.") + code);
        button->setFocusPolicy(Qt::TabFocus); // the first key press is for what follows
        group->addButton(button);
        languages->addWidget(button);
        connect(button, &QPushButton::clicked, this, [code] { Language::choose(code); });
    }

    auto *local = new Card;
    auto *localRow = new QHBoxLayout;
    auto *localWords = new QVBoxLayout;
    localWords->addWidget(m_localTitle);
    localWords->addWidget(m_localText);
    localRow->addLayout(localWords, 1);
    localRow->addWidget(m_local, 0, Qt::AlignVCenter);
    local->column().addLayout(localRow);

    auto *remote = new Card;
    remote->column().addWidget(m_remoteTitle);
    remote->column().addWidget(m_remoteText);
    auto *line = new QHBoxLayout;
    line->addWidget(m_address, 1);
    line->addWidget(m_connect);
    remote->column().addLayout(line);
    remote->column().addWidget(m_problem);
    remote->column().addWidget(m_recentTitle);
    m_recent->setSpacing(2);
    remote->column().addLayout(m_recent);

    auto *inner = new QWidget;
    inner->setMaximumWidth(columnWidth);
    auto *column = new QVBoxLayout(inner);
    column->setSpacing(Theme::Medium);
    column->addLayout(languages);
    column->addStretch(2);
    column->addWidget(m_title);
    column->addWidget(m_subtitle);
    column->addSpacing(Theme::Small);
    column->addWidget(local);
    column->addWidget(remote);
    column->addStretch(3);
    auto *row = new QHBoxLayout(this);
    row->addStretch(1);
    row->addWidget(inner, 100);
    row->addStretch(1);

    connect(m_local, &QPushButton::clicked, this, &WelcomePage::localClusterWanted);
    connect(m_connect, &QPushButton::clicked, this, &WelcomePage::connectToTyped);
    connect(m_address, &QLineEdit::returnPressed, this, &WelcomePage::connectToTyped);
    connect(m_address, &QLineEdit::textChanged, this, [this] { setProblem({}); });
    showRecent();
    translate();
}

void WelcomePage::connectToTyped()
{
    const QString typed = m_address->text().trimmed();
    Q_EMIT connectWanted(typed.isEmpty() ? QStringLiteral("localhost:5050") : typed);
}

void WelcomePage::setProblem(const QString &text)
{
    m_problem->setText(text);
    m_problem->setVisible(!text.isEmpty());
}

void WelcomePage::setLocalProblem(const QString &whyNot)
{
    m_localProblem = whyNot;
    translate();
}

void WelcomePage::setBusy(const QString &doing)
{
    m_busy = doing;
    translate();
}

void WelcomePage::showRecent()
{
    while (QLayoutItem *item = m_recent->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    const QList<ConnectionProfile> profiles = savedConnections().mid(0, shownRecent);
    for (const ConnectionProfile &profile : profiles) {
        auto *button = new QPushButton(icon(QStringLiteral("connect")), profile.address);
        button->setFlat(true);
        button->setStyleSheet(QStringLiteral("QPushButton { text-align: left; }"));
        connect(button, &QPushButton::clicked, this,
                [this, address = profile.address] { Q_EMIT connectWanted(address); });
        m_recent->addWidget(button);
    }
    m_recentTitle->setVisible(!profiles.isEmpty());
}

void WelcomePage::translate()
{
    m_title->setText(tr("Welcome to Meseta"));
    m_subtitle->setText(tr("See everything in a cluster, live, and launch a container on it."));
    m_localTitle->setText(tr("Start a local cluster"));
    m_localText->setText(!m_busy.isEmpty() ? m_busy
                             : m_localProblem.isEmpty()
                             ? tr("A master and two agents on this machine, in a folder of their "
                                  "own. They end when the console does.")
                             : m_localProblem);
    m_local->setText(tr("Start"));
    m_local->setEnabled(m_localProblem.isEmpty() && m_busy.isEmpty());
    m_remoteTitle->setText(tr("Connect to a cluster"));
    m_remoteText->setText(
        tr("The address of a master, of Meseta or of Apache Mesos. Any master of a "
           "cluster will do, or its zk:// address; the leader is found from there."));
    m_address->setPlaceholderText(QStringLiteral("localhost:5050"));
    m_address->setAccessibleName(tr("Address of a master"));
    m_connect->setText(tr("Connect"));
    m_recentTitle->setText(tr("Clusters of before"));
    for (const QString &code : Language::codes()) {
        if (auto *button = findChild<QPushButton *>(QStringLiteral("language.") + code))
            button->setChecked(code == Language::current());
    }
}

void WelcomePage::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.fillRect(rect(), palette().window());
}

void WelcomePage::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::LanguageChange)
        translate();
    QWidget::changeEvent(event);
}

} // namespace meseta::console
